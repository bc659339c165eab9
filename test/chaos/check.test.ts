import { describe, expect, it } from 'vitest'
import type { AttemptStatus, RunStatus } from '../../src/model/run-status.ts'
import { check, type FoundObject, type Seen } from './check.ts'
import type { ExpectedRun } from './expected.ts'
import type { Line } from './side-effect-log.ts'

const ID = 'jobflow.api.practice.com/ns/flow/00000000'
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
const job: FoundObject = { kind: 'Job', name: 'flow-a', run: ID, ended: true }
const seen = (more: Partial<Seen> = {}): Seen => ({
  runs: { flow: status() },
  sideEffects: [line],
  objects: [job],
  ...more,
})
const lost = attempt(1, { phase: 'Failed', outcome: 'lost', message: 'its pod was deleted before it ended' })

describe('the check of a round', () => {
  it('reports nothing if every run went as planned', () => {
    expect(check([planned], seen())).toEqual([])
  })

  it.each<[string, Seen, RegExp]>([
    [
      'a step that ran twice in one attempt',
      seen({ sideEffects: [line, { ...line, pod: 'flow-a-zzzzz' }] }),
      /^ran 2 times: flow-a a$/,
    ],
    ['a step that never ran', seen({ sideEffects: [] }), /Job flow-a never ran a$/],
    [
      'a Job of no run',
      seen({ sideEffects: [line, again] }),
      /Job flow-a-retry-1 ran, and is not an attempt/,
    ],
    ['a run without a status', seen({ runs: {}, sideEffects: [], objects: [] }), /nothing is known of it/],
    ['another phase', seen({ runs: { flow: status({ phase: 'Failed' }) } }), /ended Failed, not Succeeded/],
    [
      'an attempt that was lost although nobody removed it',
      seen({ runs: { flow: status({}, lost, attempt(2, {})) }, sideEffects: [again], objects: [] }),
      /came to \[lost, succeeded\], not \[succeeded\]/,
    ],
    [
      'a Job that still runs',
      seen({ objects: [{ ...job, ended: false }] }),
      /Job flow-a still runs, and its run .* has ended/,
    ],
    [
      'a Job that is not an attempt',
      seen({ objects: [{ ...job, name: 'flow-b' }] }),
      /Job flow-b is not an attempt of/,
    ],
    ['a Service', seen({ objects: [{ ...job, kind: 'Service' }] }), /Service flow-a .* was left behind/],
    [
      'an object of an unknown run',
      seen({ objects: [{ ...job, run: 'jobflow.api.practice.com/ns/other/00000000' }] }),
      /of which nothing is known/,
    ],
  ])('reports %s', (_, found, says) => {
    expect(check([planned], found)).toEqual([expect.stringMatching(says)])
  })

  it('reports a stuck run once', () => {
    const { endedAt: _, ...open } = status({ phase: 'Running' })
    expect(check([planned], seen({ runs: { flow: open } }))).toEqual([
      expect.stringMatching(/is stuck in Running/),
    ])
  })

  it('reports objects that a cancelled run left behind', () => {
    const cancelled = { ...planned, phase: 'Cancelled' as const }
    const found = seen({ runs: { flow: status({ phase: 'Cancelled' }) } })
    expect(check([cancelled], found)).toEqual([expect.stringMatching(/left behind by .* cancelled/)])
  })

  it('reports a message of a run or an attempt that does not say what happened', () => {
    const strict: ExpectedRun = {
      ...planned,
      says: /evict/,
      nodes: { a: { phase: 'Succeeded', outcomes: ['lost', 'succeeded'], steps: ['a'], lostSays: /evict/ } },
    }
    const runs = { flow: status({ message: 'all is well' }, lost, attempt(2, {})) }
    expect(check([strict], seen({ runs, sideEffects: [line, again] }))).toEqual([
      expect.stringMatching(/its message does not say/),
      expect.stringMatching(/attempt 1 does not say .*evict.*: its pod was deleted/),
    ])
  })

  it('accepts lost attempts if the fault may cost them, and still checks the attempts that follow', () => {
    const runs = { flow: status({}, lost, attempt(2, {})) }
    expect(check([planned], seen({ runs, sideEffects: [line, again] }), { losses: true })).toEqual([])
    expect(check([planned], seen({ runs, sideEffects: [line] }), { losses: true })).toEqual([
      expect.stringMatching(/Job flow-a-retry-1 never ran a$/),
    ])
  })

  it('accepts a container that ran twice in one pod if the fault may cost that and the run reports it', () => {
    const message = 'container a may have run twice: its cluster node has started it again'
    const says = { flow: status({}, attempt(1, { message })) }
    const twice = [line, line]
    expect(check([planned], seen({ runs: says, sideEffects: twice }), { losses: true })).toEqual([])
    const broken = ['ran 2 times: flow-a a']
    expect(check([planned], seen({ runs: says, sideEffects: twice }))).toEqual(broken)
    expect(check([planned], seen({ sideEffects: twice }), { losses: true })).toEqual(broken)
    const twoPods = [line, { ...line, pod: 'flow-a-qqqqq' }]
    expect(check([planned], seen({ runs: says, sideEffects: twoPods }), { losses: true })).toEqual(broken)
    const both = [...twice, { ...line, pod: 'flow-a-qqqqq' }]
    expect(check([planned], seen({ runs: says, sideEffects: both }), { losses: true })).toEqual([
      'ran 3 times: flow-a a',
    ])
  })

  it('still requires the planned losses if more are accepted', () => {
    const lossy: ExpectedRun = {
      ...planned,
      nodes: { a: { phase: 'Succeeded', outcomes: ['lost', 'succeeded'], steps: ['a'] } },
    }
    const broken = (...attempts: AttemptStatus[]): string[] =>
      check([lossy], seen({ runs: { flow: status({}, ...attempts) }, sideEffects: [line, again] }), {
        losses: true,
      })
    expect(broken(lost, attempt(2, {}))).toEqual([])
    expect(broken(attempt(1, {}))).toEqual([
      expect.stringMatching(/came to \[succeeded\], not \[lost, succeeded\]/),
      expect.anything(),
    ])
  })

  it('expects only the steps of a sequence that the attempt reports as run', () => {
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
    expect(check([sequence], seen({ runs, sideEffects: [one, ...rest] }))).toEqual([])
    const skipped: Line = { ...line, step: 'two' }
    expect(check([sequence], seen({ runs, sideEffects: [one, skipped, ...rest] }))).toEqual([
      expect.stringMatching(/Job flow-a ran two, which it does not say/),
    ])
  })
})
