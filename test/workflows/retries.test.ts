import { describe, expect, it } from 'vitest'
import { failed, graph, noRetry, plan, Simulation } from './simulate.ts'

describe('retries', () => {
  const retrying = (policy: Partial<typeof noRetry>) =>
    new Simulation(
      plan({
        nodes: graph('a', 'b(a)').nodes.map((node) => ({ ...node, retry: { ...noRetry, ...policy } })),
      }),
    )

  it('follow a lost pod if the author allows it, after the delay, with a new Job name', () => {
    const run = retrying({ infrastructureLimit: 1 }).ends('a', {
      type: 'evicted',
      message: 'node was drained',
    })
    expect(run.of('sleep')).toHaveLength(1)
    expect(run.state.phase).toBeUndefined()
    run.happens({ type: 'slept', node: 'a' })
    expect(run.of('startJob').map(({ attempt }) => attempt.objectName)).toEqual(['flow-a', 'flow-a-retry-1'])
    expect(run.ends('a').running).toEqual(['b'])
  })

  it('do not follow a failure of the job itself, and are not more than allowed', () => {
    expect(retrying({ infrastructureLimit: 5 }).ends('a', failed).state.phase).toBe('Failed')
    const run = retrying({ infrastructureLimit: 1 })
      .ends('a', { type: 'lost' })
      .happens({ type: 'slept', node: 'a' })
    expect(run.ends('a', { type: 'lost' }).state.phase).toBe('Failed')
  })

  it('stop when another node has failed', () => {
    const policy = { ...noRetry, infrastructureLimit: 3 }
    const nodes = graph('a', 'b').nodes.map((node) => ({ ...node, retry: policy }))
    const run = new Simulation(plan({ nodes })).ends('a', { type: 'lost', message: 'gone' }).ends('b', failed)
    expect(run.state.phase).toBe('Failed')
    expect(run.state.nodes.a?.phase).toBe('Failed')
  })
})

it('a sequence continues by the names of its steps, even if a webhook injected a container (PL-4)', () => {
  const steps = ['in', 'work', 'out'].map((name) => ({ name, container: `c-${name}` }))
  const retry = { ...noRetry, applicationLimit: 1 }
  const run = new Simulation(
    plan({ nodes: [{ type: 'sequence', id: 's', needs: [], objectName: 's', job: 'body', retry, steps }] }),
  )
  const reported = [
    { name: 'injected', phase: 'Succeeded' as const },
    { name: 'in', container: 'c-in', phase: 'Failed' as const },
  ]
  run.ends('s', { type: 'failed', steps: reported }).happens({ type: 'slept', node: 's' })
  expect(run.of('startJob').at(-1)?.attempt.fromStep).toBeUndefined()
})

it('a run whose object is deleted during a retry ends Cancelled', () => {
  const retry = { ...noRetry, infrastructureLimit: 2 }
  const run = new Simulation(
    plan({ nodes: [{ type: 'job', id: 'a', needs: [], objectName: 'a', job: 'body', retry }] }),
  )
  run.ends('a', { type: 'lost' }).happens({ type: 'slept', node: 'a' })
  run.ends('a', { type: 'cancelled', message: 'JobFlow flow was deleted' })
  run.happens({ type: 'objectsDeleted', at: 9 })
  expect(run.state).toMatchObject({ phase: 'Cancelled', message: 'JobFlow flow was deleted' })
})
