import { describe, expect, it } from 'vitest'
import type { RunStart } from '../../src/operations/ports/runs.ts'
import { decodeCursor, encodeCursor } from '../../src/temporal/cursor.ts'
import { detailsOf, summaryOf } from '../../src/temporal/runs/describe-start.ts'
import { phaseOf } from '../../src/temporal/runs/phase.ts'
import { visibilityQuery } from '../../src/temporal/runs/visibility-query.ts'
import { attributesOf, clipKeyword } from '../../src/temporal/search-attributes.ts'
import { temporalUrl } from '../../src/temporal/temporal-url.ts'
import { statusName, toIso } from '../../src/temporal/wire.ts'

const start = (more: Partial<RunStart> = {}): RunStart => ({
  run: {
    id: 'jobflow/default/demo/1a2b3c4d',
    apiVersion: 'api.practice.com/v1alpha1',
    kind: 'JobFlow',
    namespace: 'default',
    name: 'demo',
    uid: '1a2b3c4d-0000-4000-8000-000000000000',
  },
  plan: {
    version: 1,
    kind: 'JobFlow',
    namespace: 'default',
    name: 'demo',
    jobs: {},
    nodes: ['a', 'b'].map((id) => ({
      type: 'job',
      id,
      needs: id === 'b' ? ['a'] : [],
      job: id,
      objectName: `demo-${id}`,
      retry: { applicationLimit: 0, infrastructureLimit: 0, delayMs: 0 },
    })),
  },
  trigger: 'api',
  warnings: [],
  ...more,
})

describe('a visibility query', () => {
  it.each([
    [{}, "WorkflowType = 'run' AND ExecutionStatus != 'ContinuedAsNew'"],
    [
      { namespace: 'a', kind: 'JobFlow', definition: 'd' },
      "WorkflowType = 'run' AND MillraceNamespace = 'a' AND MillraceKind = 'JobFlow' AND MillraceDefinition = 'd' AND ExecutionStatus != 'ContinuedAsNew'",
    ],
    [
      { phase: 'Failed' as const },
      "WorkflowType = 'run' AND ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')",
    ],
    [
      { phase: 'Running' as const },
      "WorkflowType = 'run' AND ExecutionStatus = 'Running' AND MillracePhase != 'Pending'",
    ],
  ])('of %j', (filter, query) => {
    expect(visibilityQuery(filter)).toBe(query)
  })

  it('cannot be left by a quote in a value', () => {
    expect(visibilityQuery({ definition: "x' OR 'a'='a" })).toContain(
      "MillraceDefinition = 'x\\' OR \\'a\\'=\\'a'",
    )
  })
})

describe('a cursor', () => {
  const token = new Uint8Array([0, 255, 62, 63])
  const cursor = encodeCursor(token, 'q')

  it('comes back as the token that it was', () => {
    expect([...decodeCursor(cursor, 'q')]).toEqual([...token])
    expect(cursor).toMatch(/^[\w-]+$/)
  })

  it.each([
    ['that is empty', '', 'q'],
    ['without a token', cursor.slice(0, 8), 'q'],
    ['of another list', cursor, 'other'],
    ['that was changed', `${cursor.slice(0, -1)}A`, 'q'],
    ['that is no base64', '!', 'q'],
  ])('%s is refused', (_, text, query) => {
    expect(() => decodeCursor(text, query)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })
})

describe('the phase of an execution', () => {
  it.each([
    ['COMPLETED', 'Running', 'Succeeded'],
    ['FAILED', 'Running', 'Failed'],
    ['TERMINATED', 'Running', 'Failed'],
    ['TIMED_OUT', undefined, 'Failed'],
    ['CANCELLED', 'Running', 'Cancelled'],
    ['RUNNING', 'Pending', 'Pending'],
    ['RUNNING', 'Running', 'Running'],
    ['RUNNING', undefined, 'Running'],
    ['PAUSED', undefined, 'Running'],
  ] as const)('%s with attribute %s is %s', (status, attribute, phase) => {
    expect(phaseOf(status, attribute)).toBe(phase)
  })
})

describe('search attributes', () => {
  it('name kind, namespace, phase, trigger and, if there is one, the definition', () => {
    const of = (more: Partial<RunStart>): Record<string, unknown> =>
      Object.fromEntries(attributesOf(start(more)).map(({ key, value }) => [key.name, value]))
    expect(of({})).toEqual({
      MillraceKind: 'JobFlow',
      MillraceNamespace: 'default',
      MillracePhase: 'Running',
      MillraceTrigger: 'api',
    })
    expect(of({ definition: 'nightly' })).toMatchObject({ MillraceDefinition: 'nightly' })
  })

  it('end at 255 characters, which is what Postgres takes', () => {
    expect(clipKeyword('x'.repeat(300))).toHaveLength(255)
    expect(clipKeyword('short')).toBe('short')
  })
})

describe('what people read in the Web UI', () => {
  it('is one line in the list', () => {
    expect(summaryOf(start())).toBe('JobFlow default/demo: 2 nodes')
    expect(summaryOf(start({ definition: 'nightly' }))).toBe('JobFlow default/demo of nightly: 2 nodes')
    const long = start()
    long.run.name = 'ü'.repeat(300)
    expect(Buffer.byteLength(summaryOf(long))).toBeLessThanOrEqual(200)
  })

  it('is a table of nodes, with a link back and the warnings', () => {
    const details = detailsOf(
      start({ warnings: ['no JobTemplate | yet\nbut soon'] }),
      'http://x/v1/runs/a%2Fb',
    )
    expect(details).toContain('| b | job | a |')
    expect(details).toContain('[Status and logs](http://x/v1/runs/a%2Fb)')
    expect(details).toContain('- no JobTemplate \\| yet but soon')
  })

  it('stays under the limit for wide plans', () => {
    const wide = start()
    wide.plan.nodes = Array.from({ length: 5_000 }, (_, i) => ({
      type: 'fleet',
      id: `node-${i}`,
      needs: Array.from({ length: 50 }, (__, j) => `need-${j}`),
      job: 'j',
      namePrefix: 'p',
      exclude: [],
      retry: { applicationLimit: 0, infrastructureLimit: 0, delayMs: 0 },
    }))
    const details = detailsOf(wide, undefined)
    expect(Buffer.byteLength(details)).toBeLessThan(20_000)
    expect(details).toContain('and 4950 more')
  })
})

it('links to the page of a run with its slashes encoded', () => {
  const ui = { uiUrl: 'http://127.0.0.1:8233/', namespace: 'default' }
  expect(temporalUrl(ui, { workflowId: 'jobflow/default/demo/1a2b3c4d', runId: 'r' })).toBe(
    'http://127.0.0.1:8233/namespaces/default/workflows/jobflow%2Fdefault%2Fdemo%2F1a2b3c4d/r',
  )
})

it("reads the wire's numbers", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 99, null].map(statusName)).toEqual([
    'RUNNING',
    'COMPLETED',
    'FAILED',
    'CANCELLED',
    'TERMINATED',
    'CONTINUED_AS_NEW',
    'TIMED_OUT',
    'UNKNOWN',
    'UNSPECIFIED',
  ])
  expect(toIso({ seconds: { toNumber: () => 1_767_225_600 }, nanos: 5e6 })).toBe('2026-01-01T00:00:00.005Z')
  expect(toIso(null)).toBeUndefined()
})
