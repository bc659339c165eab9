import { describe, expect, it } from 'vitest'
import { failed, noRetry, plan, Simulation } from './simulate.ts'

describe('a fleet', () => {
  const fleet = plan({
    kind: 'DaemonJob',
    nodes: [
      {
        type: 'fleet',
        id: 'fleet',
        needs: [],
        namePrefix: 'dj',
        exclude: ['n2'],
        job: 'body',
        retry: noRetry,
      },
    ],
  })
  const listed = (...clusterNodes: string[]) =>
    new Simulation(fleet).happens({ type: 'clusterNodesListed', fleet: 'fleet', clusterNodes })

  it('starts one Job on every node that is not excluded, all at once (DJ-1)', () => {
    const run = listed('n3', 'n1', 'n2')
    expect(run.running).toEqual(['n1', 'n3'])
    expect(run.of('startJob').map(({ attempt }) => attempt)).toEqual([
      { node: 'n1', number: 1, objectName: 'dj-n1', clusterNode: 'n1' },
      { node: 'n3', number: 1, objectName: 'dj-n3', clusterNode: 'n3' },
    ])
  })

  it('keeps its set of cluster nodes when nodes join or leave later (DJ-5)', () => {
    const run = listed('n1').happens({
      type: 'clusterNodesListed',
      fleet: 'fleet',
      clusterNodes: ['n1', 'n9'],
    })
    expect(run.ends('n1').state.phase).toBe('Succeeded')
    expect(run.started).toEqual(['n1'])
  })

  it('fails only when all members have ended (DJ-8)', () => {
    const run = listed('n1', 'n3').ends('n1', failed)
    expect(run.state.phase).toBeUndefined()
    expect(run.ends('n3').state).toMatchObject({ phase: 'Failed', message: 'n1: exited with code 1' })
  })

  it('succeeds at once when every node is excluded', () => {
    expect(listed('n2').state.phase).toBe('Succeeded')
  })

  it('shortens Job names over 63 characters, and omits no node (DJ-7)', () => {
    const run = listed(`${'x'.repeat(70)}a`, `${'x'.repeat(70)}b`)
    const names = run.of('startJob').map(({ attempt }) => attempt.objectName)
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name.length).toBeLessThanOrEqual(63)
  })
})
