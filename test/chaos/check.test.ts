import { describe, expect, it } from 'vitest'
import type { AttemptStatus, RunStatus } from '../../src/model/run-status.ts'
import { type Found, type Seen, verdict } from './check.ts'
import type { ExpectedRun } from './expected.ts'
import type { Line } from './side-effect-log.ts'

const ID = 'jobflow/ns/flow/00000000'
const planned: ExpectedRun = {
  kind: 'JobFlow',
  name: 'flow',
  documents: [],
  phase: 'Succeeded',
  nodes: { a: { phase: 'Succeeded', outcomes: ['succeeded'], steps: ['a'] } },
}
const attempt = (number: number, more: Partial<AttemptStatus>): AttemptStatus => ({
  number,
  phase: 'Succeeded',
  outcome: 'succeeded',
  object: { kind: 'Job', namespace: 'ns', name: number === 1 ? 'flow-a' : `flow-a-retry-${number - 1}` },
  ...more,
})
const status = (more: Partial<RunStatus> = {}, ...attempts: AttemptStatus[]): RunStatus => ({
  id: ID,
  kind: 'JobFlow',
  namespace: 'ns',
  name: 'flow',
  phase: 'Succeeded',
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T00:00:09Z',
  nodes: [
    {
      id: 'a',
      type: 'job',
      phase: 'Succeeded',
      needs: [],
      attempts: attempts.length > 0 ? attempts : [attempt(1, {})],
    },
  ],
  warnings: [],
  objectStatus: { state: 'Succeed', jobStatusList: {} },
  ...more,
})
const line: Line = { pod: 'flow-a-x2c4v', step: 'a' }
const again: Line = { pod: 'flow-a-retry-1-b5n7m', step: 'a' }
const job: Found = { kind: 'Job', name: 'flow-a', run: ID, ended: true }
const seen = (more: Partial<Seen> = {}): Seen => ({
  runs: { flow: status() },
  ledger: [line],
  objects: [job],
  ...more,
})
const lost = attempt(1, { phase: 'Failed', outcome: 'lost', message: 'its pod was deleted before it ended' })

describe('verdict', () => {
  it('finds nothing where everything went as planned', () => {
    expect(verdict([planned], seen())).toEqual([])
  })

  it.each<[string, Seen, RegExp]>([
    [
      'a step that ran twice in one attempt',
      seen({ ledger: [line, { ...line, pod: 'flow-a-zzzzz' }] }),
      /^ran 2 times: flow-a a$/,
    ],
    ['a step that never ran', seen({ ledger: [] }), /Job flow-a never ran a$/],
    ['a Job that no run knows', seen({ ledger: [line, again] }), /Job flow-a-retry-1 ran, and is no attempt/],
    [
      'a run of which nothing is known',
      seen({ runs: {}, ledger: [], objects: [] }),
      /nothing is known of it/,
    ],
    ['another phase', seen({ runs: { flow: status({ phase: 'Failed' }) } }), /ended Failed, not Succeeded/],
    [
      'an attempt that nobody took away',
      seen({ runs: { flow: status({}, lost, attempt(2, {})) }, ledger: [again], objects: [] }),
      /came to \[lost, succeeded\], not \[succeeded\]/,
    ],
    [
      'a Job that still runs',
      seen({ objects: [{ ...job, ended: false }] }),
      /Job flow-a still runs, and its run .* has ended/,
    ],
    ['a Job of no attempt', seen({ objects: [{ ...job, name: 'flow-b' }] }), /Job flow-b is no attempt of/],
    ['a Service', seen({ objects: [{ ...job, kind: 'Service' }] }), /Service flow-a .* was left behind/],
    [
      'an object of an unknown run',
      seen({ objects: [{ ...job, run: 'jobflow/ns/other/00000000' }] }),
      /of which nothing is known/,
    ],
  ])('tells %s', (_, found, says) => {
    expect(verdict([planned], found)).toEqual([expect.stringMatching(says)])
  })

  it('tells a run that is stuck, once', () => {
    const { endedAt: _, ...open } = status({ phase: 'Running' })
    expect(verdict([planned], seen({ runs: { flow: open } }))).toEqual([
      expect.stringMatching(/is stuck in Running/),
    ])
  })

  it('tells what is left of a run that was cancelled', () => {
    const cancelled = { ...planned, phase: 'Cancelled' as const }
    const found = seen({ runs: { flow: status({ phase: 'Cancelled' }) } })
    expect(verdict([cancelled], found)).toEqual([expect.stringMatching(/left behind by .* cancelled/)])
  })

  it('tells a message that does not say what happened, of the run and of an attempt', () => {
    const strict: ExpectedRun = {
      ...planned,
      says: /evict/,
      nodes: { a: { phase: 'Succeeded', outcomes: ['lost', 'succeeded'], steps: ['a'], lostSays: /evict/ } },
    }
    const runs = { flow: status({ message: 'all is well' }, lost, attempt(2, {})) }
    expect(verdict([strict], seen({ runs, ledger: [line, again] }))).toEqual([
      expect.stringMatching(/its message does not say/),
      expect.stringMatching(/attempt 1 does not say .*evict.*: its pod was deleted/),
    ])
  })

  it('lets a fault cost attempts that may, and what follows them must still be whole', () => {
    const runs = { flow: status({}, lost, attempt(2, {})) }
    expect(verdict([planned], seen({ runs, ledger: [line, again] }), { losses: true })).toEqual([])
    expect(verdict([planned], seen({ runs, ledger: [line] }), { losses: true })).toEqual([
      expect.stringMatching(/Job flow-a-retry-1 never ran a$/),
    ])
  })

  it('takes it that a kubelet starts a container twice in one pod, where a fault may cost that and the run says so', () => {
    const message = 'container a may have run twice: its cluster node has started it again'
    const says = { flow: status({}, attempt(1, { message })) }
    const twice = [line, line]
    expect(verdict([planned], seen({ runs: says, ledger: twice }), { losses: true })).toEqual([])
    const broken = ['ran 2 times: flow-a a']
    expect(verdict([planned], seen({ runs: says, ledger: twice }))).toEqual(broken)
    expect(verdict([planned], seen({ ledger: twice }), { losses: true })).toEqual(broken)
    const twoPods = [line, { ...line, pod: 'flow-a-qqqqq' }]
    expect(verdict([planned], seen({ runs: says, ledger: twoPods }), { losses: true })).toEqual(broken)
    const both = [...twice, { ...line, pod: 'flow-a-qqqqq' }]
    expect(verdict([planned], seen({ runs: says, ledger: both }), { losses: true })).toEqual([
      'ran 3 times: flow-a a',
    ])
  })

  it('still wants the losses that are planned where more may come', () => {
    const doomed: ExpectedRun = {
      ...planned,
      nodes: { a: { phase: 'Succeeded', outcomes: ['lost', 'succeeded'], steps: ['a'] } },
    }
    const broken = (...attempts: AttemptStatus[]): string[] =>
      verdict([doomed], seen({ runs: { flow: status({}, ...attempts) }, ledger: [line, again] }), {
        losses: true,
      })
    expect(broken(lost, attempt(2, {}))).toEqual([])
    expect(broken(attempt(1, {}))).toEqual([
      expect.stringMatching(/came to \[succeeded\], not \[lost, succeeded\]/),
      expect.anything(),
    ])
  })

  it('goes by the steps of a sequence, not those that an attempt left out', () => {
    const step = (name: string, phase: 'Succeeded' | 'Failed' | 'Skipped') => ({ name, phase })
    const first = attempt(1, {
      phase: 'Failed',
      outcome: 'failed',
      steps: [step('input', 'Succeeded'), step('one', 'Failed'), step('two', 'Skipped')],
    })
    const second = attempt(2, { steps: [step('one', 'Succeeded'), step('two', 'Succeeded')] })
    const sequence: ExpectedRun = {
      ...planned,
      nodes: { a: { phase: 'Succeeded', outcomes: ['failed', 'succeeded'], steps: ['one', 'two'] } },
    }
    const runs = { flow: status({}, first, second) }
    const one: Line = { ...line, step: 'one' }
    const rest: Line[] = [
      { ...again, step: 'one' },
      { ...again, step: 'two' },
    ]
    expect(verdict([sequence], seen({ runs, ledger: [one, ...rest] }))).toEqual([])
    const skipped: Line = { ...line, step: 'two' }
    expect(verdict([sequence], seen({ runs, ledger: [one, skipped, ...rest] }))).toEqual([
      expect.stringMatching(/Job flow-a ran two, which it does not say/),
    ])
  })
})
