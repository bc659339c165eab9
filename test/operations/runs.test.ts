import { describe, expect, it } from 'vitest'
import type { NodeStatus } from '../../src/model/run-status.ts'
import { readLogs } from '../../src/operations/logs/read-logs.ts'
import { submitManifests } from '../../src/operations/manifests/submit-manifests.ts'
import { cancelRun } from '../../src/operations/runs/cancel-run.ts'
import { deleteRun } from '../../src/operations/runs/delete-run.ts'
import { getRun } from '../../src/operations/runs/get-run.ts'
import { flow, yaml } from './manifests.ts'
import { createMemoryDeps, depsWith, type MemoryDeps, onlyRun, stored } from './memory-deps.ts'

const actor = { name: 'test' }
const demo = {
  apiVersion: 'api.practice.com/v1alpha1',
  kind: 'JobFlow',
  namespace: 'default',
  name: 'demo',
} as const

async function running(): Promise<{ deps: MemoryDeps; id: string }> {
  const deps = await depsWith(flow('demo'))
  return { deps, id: onlyRun(deps) }
}

/** A run whose object is stored, but which Temporal did not start. */
async function unstarted(): Promise<{ deps: MemoryDeps; id: string }> {
  const deps = createMemoryDeps()
  deps.fail('start', 'unavailable')
  await submitManifests({ deps, actor, input: { text: yaml(flow('demo')) } }).catch(() => {})
  return { deps, id: 'jobflow.api.practice.com/default/demo/00000001' }
}

const absent = [
  'jobflow.api.practice.com/default/demo/ffffffff',
  'jobflow.api.practice.com/default/none/00000001',
  'odd/default/demo/00000001',
  'odd',
]

describe('getRun', () => {
  it('returns the status from Temporal', async () => {
    const { deps, id } = await running()
    expect(await getRun({ deps, actor, input: { id } })).toMatchObject({ id, phase: 'Running' })
  })

  it('reports a stored run that was not started as Pending', async () => {
    const { deps, id } = await unstarted()
    expect(await getRun({ deps, actor, input: { id } })).toMatchObject({
      phase: 'Pending',
      message: expect.stringContaining('not started'),
    })
  })

  it('fails with gone if Temporal no longer has the run', async () => {
    const { deps, id } = await running()
    deps.started.clear()
    await expect(getRun({ deps, actor, input: { id } })).rejects.toMatchObject({ code: 'gone' })
  })

  it.each(absent)('finds no run %s', async (id) => {
    const { deps } = await running()
    await expect(getRun({ deps, actor, input: { id } })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('cancelRun', () => {
  it('cancels the run', async () => {
    const { deps, id } = await running()
    await cancelRun({ deps, actor, input: { id } })
    expect(await deps.runs.get(id)).toMatchObject({ phase: 'Cancelled' })
  })

  it('fails with conflict for a run that was not started', async () => {
    const { deps, id } = await unstarted()
    await expect(cancelRun({ deps, actor, input: { id } })).rejects.toMatchObject({ code: 'conflict' })
  })

  it.each(absent)('finds no run %s', async (id) => {
    const { deps } = await running()
    await expect(cancelRun({ deps, actor, input: { id } })).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})

describe('deleteRun', () => {
  it('cancels the run, waits for its end and then deletes its object', async () => {
    const { deps, id } = await running()
    deps.calls.length = 0
    expect(await deleteRun({ deps, actor, input: { id } })).toBe('deleted')
    expect(deps.calls.filter((call) => !call.startsWith('get'))).toEqual([
      `cancel ${id}`,
      `ended ${id}`,
      'delete JobFlow default/demo',
    ])
  })

  it('keeps the object until the run has ended', async () => {
    const { deps, id } = await running()
    deps.neverEnding.add(id)
    expect(await deleteRun({ deps, actor, input: { id } })).toBe('ending')
    expect(stored(deps, demo)).toBeDefined()
    deps.neverEnding.clear()
    expect(await deleteRun({ deps, actor, input: { id } })).toBe('deleted')
  })

  it('may be repeated, and cancels a run whose object was deleted with kubectl', async () => {
    const { deps, id } = await running()
    deps.objects.clear()
    expect(await deleteRun({ deps, actor, input: { id } })).toBe('deleted')
    expect(deps.calls.slice(-2)).toEqual([`cancel ${id}`, `ended ${id}`])
  })

  it('deletes the object of a run that was not started', async () => {
    const { deps, id } = await unstarted()
    expect(await deleteRun({ deps, actor, input: { id } })).toBe('deleted')
    expect(deps.objects.size).toBe(0)
  })

  it.each(absent)('does not delete the object of another run: %s', async (id) => {
    const { deps } = await running()
    await expect(deleteRun({ deps, actor, input: { id } })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(stored(deps, demo)).toBeDefined()
  })
})

describe('readLogs', () => {
  const node = (id: string, attempts: number, message?: string): NodeStatus => ({
    id,
    type: 'job',
    phase: attempts > 0 ? 'Running' : 'Pending',
    needs: [],
    attempts: Array.from({ length: attempts }, (_, index) => ({
      number: index + 1,
      phase: 'Running',
      object: { kind: 'Job', namespace: 'default', name: `demo-${id}-${index + 1}` },
    })),
    ...(message === undefined ? {} : { message }),
  })
  const read = async (
    nodes: NodeStatus[],
    input: { node?: string; attempt?: number; step?: string } = {},
  ) => {
    const { deps, id } = await running()
    deps.statuses.set(id, { nodes })
    const signal = new AbortController().signal
    const chunks = await readLogs({ deps, actor, input: { id, follow: false, signal, ...input } })
    for await (const _ of chunks);
    return deps.calls.at(-1)
  }

  it.each([
    ['the only node', [node('a', 1)], {}, 'read demo-a-1'],
    ['the latest attempt', [node('a', 3)], {}, 'read demo-a-3'],
    ['the named attempt', [node('a', 3)], { attempt: 2 }, 'read demo-a-2'],
    ['the named node', [node('a', 1), node('b', 1)], { node: 'b' }, 'read demo-b-1'],
    ['the named step', [node('a', 1)], { step: 'main' }, 'read demo-a-1/main'],
  ])('reads %s', async (_, nodes, input, call) => {
    expect(await read(nodes, input)).toBe(call)
  })

  it.each([
    ['several nodes without a named one', [node('a', 1), node('b', 1)], {}, 'invalid', /a, b/],
    [
      'an unknown node',
      [node('a', 1)],
      { node: 'x' },
      'not-found',
      /node "x" does not exist in the run: use one of a/,
    ],
    ['an unknown attempt', [node('a', 1)], { attempt: 2 }, 'not-found', /latest is 1/],
    [
      'a node that never started',
      [node('a', 0, 'waits for b')],
      {},
      'not-found',
      /has not started.*waits for b/,
    ],
    ['no nodes at all', [], {}, 'not-found', /are not available/],
  ])('refuses %s', async (_, nodes, input, code, message) => {
    await expect(read(nodes, input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
