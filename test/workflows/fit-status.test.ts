import { describe, expect, it } from 'vitest'
import type { NodeStatus, RunStatus } from '../../src/model/run-status.ts'
import { fitStatus, MAX_STATUS_BYTES } from '../../workflows/status/fit-status.ts'

const node = (index: number, phase: NodeStatus['phase'], message: string): NodeStatus => ({
  id: `node-${index}`,
  type: 'job',
  phase,
  message,
  needs: [],
  attempts: [
    { number: 1, phase, message, object: { kind: 'Job', namespace: 'default', name: `job-${index}` } },
  ],
})
const status = (nodes: NodeStatus[]): RunStatus => ({
  id: 'daemonjob.api.practice.com/default/wide/12345678',
  kind: 'DaemonJob',
  namespace: 'default',
  name: 'wide',
  phase: 'Failed',
  message: 'node-0: it broke',
  startedAt: '2026-01-01T00:00:00Z',
  nodes,
  warnings: [],
  objectStatus: {
    state: 'Failed',
    jobStatusList: Object.fromEntries(
      nodes.map(({ id, message = '' }) => [id, { conditions: [{ type: message, status: 'True' }] }]),
    ),
  },
})
const many = (count: number, phase: NodeStatus['phase'], length: number): NodeStatus[] =>
  Array.from({ length: count }, (_, index) => node(index, phase, 'x'.repeat(length)))
const size = (one: RunStatus): number => JSON.stringify(one).length

describe('a status', () => {
  it('that fits is unchanged', () => {
    const small = status(many(3, 'Failed', 20))
    expect(fitStatus(small)).toEqual(small)
  })

  it('with two thousand failures keeps every node and its message', () => {
    const fitted = fitStatus(status(many(2_000, 'Failed', 300)))
    expect(size(fitted)).toBeLessThanOrEqual(MAX_STATUS_BYTES)
    expect(fitted.nodes).toHaveLength(2_000)
    expect(fitted.nodes.at(-1)?.attempts[0]?.message).toHaveLength(300)
  })

  it('that is too wide for any detail says how many nodes it leaves out', () => {
    const fitted = fitStatus(status(many(30_000, 'Failed', 300)))
    expect(size(fitted)).toBeLessThanOrEqual(MAX_STATUS_BYTES)
    expect(fitted.message).toMatch(/^node-0: it broke \(\d+ of 30000 nodes are left out/)
  })
})
