import { describe, expect, it } from 'vitest'
import type { LiveDetails, LiveFacts } from '../../src/model/messages/heartbeat.ts'
import type { NodePhase } from '../../src/model/phase.ts'
import type { AttemptStatus, NodeStatus, RunStatus } from '../../src/model/run-status.ts'
import { mergeLive, mergeLiveStatus } from '../../src/temporal/runs/read/merge-live-status.ts'

const attempt = (
  number: number,
  phase: AttemptStatus['phase'],
  more: Partial<AttemptStatus> = {},
): AttemptStatus => ({
  number,
  phase,
  object: { kind: 'Job', namespace: 'default', name: `demo-a-${number}` },
  ...more,
})
const node = (
  phase: NodeStatus['phase'],
  attempts: AttemptStatus[],
  more: Partial<NodeStatus> = {},
): NodeStatus => ({
  id: 'a',
  type: 'job',
  phase,
  needs: [],
  attempts,
  ...more,
})
const run = (...nodes: NodeStatus[]): RunStatus => ({
  id: 'jobflow.api.practice.com/default/demo/1a2b3c4d',
  kind: 'JobFlow',
  namespace: 'default',
  name: 'demo',
  phase: 'Running',
  startedAt: '2026-01-01T00:00:00.000Z',
  nodes,
  warnings: [],
  objectStatus: { state: 'Running', jobStatusList: {} },
})
const merged = (one: NodeStatus, live: LiveDetails): NodeStatus | undefined =>
  mergeLiveStatus(run(one), { live, outcomes: {} }).nodes[0]

const unschedulable: LiveFacts = { phase: 'Pending', message: '0/3 nodes are available', pod: 'demo-a-1-x' }

describe('live facts in a recorded status', () => {
  const rows: { rule: string; node: NodeStatus; live: LiveDetails; want: unknown }[] = [
    {
      rule: 'say on the attempt and on its node why an attempt does not run',
      node: node('Running', [attempt(1, 'Running')]),
      live: { 'demo-a-1': unschedulable },
      want: {
        phase: 'Pending',
        message: '0/3 nodes are available',
        attempts: [{ phase: 'Pending', message: '0/3 nodes are available', pod: 'demo-a-1-x' }],
      },
    },
    {
      rule: 'show pod and cluster node of a running attempt',
      node: node('Running', [attempt(1, 'Running')]),
      live: {
        'demo-a-1': { phase: 'Running', pod: 'p', clusterNode: 'n1', startedAt: '2026-01-01T00:00:02Z' },
      },
      want: {
        phase: 'Running',
        attempts: [{ phase: 'Running', pod: 'p', clusterNode: 'n1', startedAt: '2026-01-01T00:00:02Z' }],
      },
    },
    {
      rule: 'do not change the phase of a Job that has ended, because the run records its outcome',
      node: node('Running', [attempt(1, 'Running')]),
      live: { 'demo-a-1': { phase: 'Ended', pod: 'p' } },
      want: { phase: 'Running', attempts: [{ phase: 'Running', pod: 'p' }] },
    },
    {
      rule: 'never change an attempt that has ended',
      node: node('Failed', [attempt(1, 'Failed', { exitCode: 3 })]),
      live: { 'demo-a-1': { phase: 'Running', pod: 'late' } },
      want: node('Failed', [attempt(1, 'Failed', { exitCode: 3 })]),
    },
    {
      rule: 'say why the second attempt does not run',
      node: node('Running', [attempt(1, 'Failed'), attempt(2, 'Running')]),
      live: { 'demo-a-2': { phase: 'Pending', message: 'image is being pulled' } },
      want: {
        phase: 'Pending',
        message: 'image is being pulled',
        attempts: [{ phase: 'Failed' }, { phase: 'Pending' }],
      },
    },
    {
      rule: "do not replace the run's own message",
      node: node('Running', [attempt(1, 'Running')], { message: 'tried again after an eviction' }),
      live: { 'demo-a-1': unschedulable },
      want: { message: 'tried again after an eviction', attempts: [{ message: '0/3 nodes are available' }] },
    },
    {
      rule: 'show an attempt without facts as Pending',
      node: node('Running', [attempt(1, 'Running')]),
      live: { other: unschedulable },
      want: node('Running', [attempt(1, 'Pending')]),
    },
  ]
  it.each(rows)('$rule', ({ node: recorded, live, want }) => {
    expect(merged(recorded, live)).toMatchObject(want as object)
  })

  it('show the outcome of a member whose fleet still runs', () => {
    const outcomes = { 'demo-a-1': { type: 'failed', exitCode: 3, message: 'exit 3' } } as const
    const member = node('Running', [attempt(1, 'Running')])
    expect(mergeLiveStatus(run(member), { live: {}, outcomes }).nodes[0]).toMatchObject({
      phase: 'Failed',
      message: 'exit 3',
      attempts: [{ outcome: 'failed', exitCode: 3 }],
    })
  })

  it('are not confused with properties of Object.prototype', () => {
    const odd = (phase: NodePhase): NodeStatus =>
      node('Running', [
        attempt(1, phase, { object: { kind: 'Job', namespace: 'default', name: 'constructor' } }),
      ])
    expect(merged(odd('Running'), {})).toEqual(odd('Pending'))
  })
})

describe('heartbeat details', () => {
  it('of several activities are merged', () => {
    expect(
      mergeLive([{ live: { a: { phase: 'Pending' } } }, { live: { b: { phase: 'Running' } }, outcomes: {} }]),
    ).toEqual({
      live: { a: { phase: 'Pending' }, b: { phase: 'Running' } },
      outcomes: {},
    })
  })

  it.each([
    [undefined],
    [null],
    ['text'],
    [[1]],
    [{ live: 7 }],
    [{ live: { a: { phase: 'Odd' } } }],
    [{ live: { a: null } }],
  ])('of another shape are ignored: %j', (details) => {
    expect(mergeLive([details])).toEqual({ live: {}, outcomes: {} })
  })
})
