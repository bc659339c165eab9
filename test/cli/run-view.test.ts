import { describe, expect, it } from 'vitest'
import { followRun } from '../../src/cli/follow-run.ts'
import { runView } from '../../src/cli/run-view.ts'
import type { NodeStatus, RunStatus } from '../../src/model/run-status.ts'

const node = (id: string, rest: Partial<NodeStatus>): NodeStatus => ({
  id,
  type: 'job',
  phase: 'Pending',
  needs: [],
  attempts: [],
  ...rest,
})
const run = (nodes: NodeStatus[], rest: Partial<RunStatus> = {}): RunStatus => ({
  id: 'jobflow.api.practice.com/default/demo/12345678',
  kind: 'JobFlow',
  namespace: 'default',
  name: 'demo',
  phase: 'Running',
  startedAt: '2026-01-01T00:00:00Z',
  warnings: [],
  objectStatus: { state: 'Running', jobStatusList: {} },
  nodes,
  ...rest,
})
const attempt = {
  number: 1,
  phase: 'Running' as const,
  startedAt: '2026-01-01T00:00:00Z',
  object: { kind: 'Job' as const, namespace: 'default', name: 'demo-a' },
}

describe('a run in a terminal', () => {
  it('shows every node with its phase, its duration and what it waits for', () => {
    const view = runView(
      run([node('a', { phase: 'Running', attempts: [attempt] }), node('later', { needs: ['a'] })]),
      Date.parse('2026-01-01T00:00:07Z'),
    )
    expect(view).toEqual([
      'JobFlow demo: Running',
      '  ▶ a      Running      7 s',
      '  · later  Pending           after a',
    ])
  })

  it('prints each line once without a terminal, and ends with the run', async () => {
    const ended = run([node('a', { phase: 'Succeeded' })], {
      phase: 'Succeeded',
      endedAt: '2026-01-01T00:00:09Z',
    })
    const states = [run([node('a', {})]), run([node('a', {})]), ended]
    let text = ''
    await followRun(async () => states.shift() ?? ended, { write: (more: string) => (text += more) })
    expect(text.split('\n')).toEqual([
      'JobFlow demo: Running',
      '  · a  Pending',
      'JobFlow demo: Succeeded',
      '  ✔ a  Succeeded',
      '',
    ])
  })
})
