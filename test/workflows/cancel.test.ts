import { describe, expect, it } from 'vitest'
import { graph, Simulation, succeeded } from './simulate.ts'

describe('cancel', () => {
  it('deletes the objects first, then ends the run Cancelled with unstarted nodes Skipped', () => {
    const run = new Simulation(graph('a', 'b(a)', 'c(b)'))
      .ends('a')
      .happens({ type: 'cancelRequested', at: 1 })
    expect(run.of('deleteObjects')).toHaveLength(1)
    expect(run.state.phase).toBeUndefined()
    run.happens({ type: 'objectsDeleted', at: 2 })
    expect(run.state.phase).toBe('Cancelled')
    const phases = Object.values(run.state.nodes).map(({ phase }) => phase)
    expect(phases).toEqual(['Succeeded', 'Cancelled', 'Skipped'])
  })

  it('records a deleted Job as cancelled, and a Job that ended by itself with its own outcome', () => {
    const run = new Simulation(graph('a', 'b', 'c')).happens({ type: 'cancelRequested', at: 1 })
    run.ends('a', { type: 'lost', reason: 'JobDeleted', message: 'Job a was deleted before it ended' })
    run.ends('b', { type: 'failed', exitCode: 1 }).ends('c')
    run.happens({ type: 'objectsDeleted', at: 2 })
    const phases = Object.values(run.state.nodes).map(({ phase }) => phase)
    expect(phases).toEqual(['Cancelled', 'Failed', 'Succeeded'])
    expect(run.state.phase).toBe('Cancelled')
  })

  it('deletes the objects once if it is requested twice', () => {
    const cancel = { type: 'cancelRequested', at: 1 } as const
    expect(new Simulation(graph('a')).happens(cancel).happens(cancel).of('deleteObjects')).toHaveLength(1)
  })

  it('starts no node if an attempt ends while the objects are deleted', () => {
    const run = new Simulation(graph('a', 'b(a)')).happens({ type: 'cancelRequested', at: 1 })
    expect(run.ends('a', succeeded).started).toEqual(['a'])
  })
})
