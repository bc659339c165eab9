import { describe, expect, it } from 'vitest'
import { BLOCK_MIN } from '../../src/model/limits.ts'
import type { JobNode, PlanNode } from '../../src/model/plan.ts'
import { BLOCK_MAX, MAX_PENDING } from '../../workflows/decide/start-attempts.ts'
import { failed, graph, noRetry, plan, Simulation, succeeded } from './simulate.ts'

describe('a graph', () => {
  //   a → b → d
  //    ↘ c ↗
  it('starts a node when all it needs has succeeded, and not before', () => {
    const run = new Simulation(graph('a', 'b(a)', 'c(a)', 'd(b,c)'))
    expect(run.running).toEqual(['a'])
    expect(run.ends('a').running).toEqual(['b', 'c'])
    expect(run.ends('c').running).toEqual(['b'])
    expect(run.ends('b').running).toEqual(['d'])
    expect(run.ends('d').state.phase).toBe('Succeeded')
    expect(run.started).toEqual(['a', 'b', 'c', 'd'])
  })

  it('starts independent nodes at once, whatever their order in the list', () => {
    expect(new Simulation(graph('z(y)', 'y', 'x')).running).toEqual(['y', 'x'])
  })

  it('starts nothing new after a failure, but records what was running (JF-4, JF-5)', () => {
    const run = new Simulation(graph('before(ok)', 'ok', 'bad', 'slow', 'after(ok)'))
    run.ends('bad', failed)
    expect(run.ends('ok').running).toEqual(['slow'])
    expect(run.state.phase).toBeUndefined()
    run.ends('slow')
    expect(run.state).toMatchObject({ phase: 'Failed', message: 'bad: exited with code 1' })
    expect(run.state.nodes.slow?.phase).toBe('Succeeded')
    expect(run.state.nodes.before).toMatchObject({ phase: 'Skipped', attempts: [] })
    expect(run.started).toEqual(['ok', 'bad', 'slow'])
  })

  it('ends Failed with the missing name when a dependency names no flow and nothing else can run', () => {
    const run = new Simulation(graph('a', 'b(a,ghost)', 'c(b)'))
    run.ends('a')
    expect(run.state).toMatchObject({ phase: 'Failed', message: 'b needs ghost, which does not exist' })
    expect(run.state.nodes.b?.message).toBe('never started: it needs ghost, which does not exist')
  })

  it('takes names that every JavaScript object has for names like any other', () => {
    const run = new Simulation(graph('constructor', 'toString(constructor)', 'hasOwnProperty(valueOf)'))
    run.ends('constructor').ends('toString')
    expect(run.started).toEqual(['constructor', 'toString'])
    expect(run.state.message).toBe('hasOwnProperty needs valueOf, which does not exist')
  })

  it('keeps to the window of pending attempts, and fills it again as they end', () => {
    const gates = Array.from({ length: 6 }, (_, at) => `g${at}`)
    const after = (gate: string): string[] =>
      Array.from({ length: BLOCK_MIN - 1 }, (_, at) => `${gate}n${at}(${gate})`)
    const run = new Simulation(graph(...gates, ...gates.flatMap(after)))
    for (const gate of gates) run.ends(gate)
    expect(run.running).toHaveLength(MAX_PENDING)
    run.ends('g0n0')
    expect(run.running).toHaveLength(MAX_PENDING)
  })

  it('starts very many at once in blocks, whose attempts end each for itself', () => {
    const wide = Array.from({ length: 2 * BLOCK_MAX + 1 }, (_, at) => `n${at}`)
    const run = new Simulation(graph(...wide, 'one(n7)', `all(${wide.join()})`))
    expect(run.running).toHaveLength(wide.length)
    const sizes = run.of('startBlock').map(({ starts }) => starts.length)
    expect(sizes).toEqual([167, 167, 167])
    expect(
      run
        .ends('n7')
        .of('startJob')
        .map(({ attempt }) => attempt.node),
    ).toEqual(['one'])
    for (const id of wide) run.ends(id)
    expect(run.ends('one').running).toEqual(['all'])
  })

  it('keeps a block to what a message takes when its bodies are large', () => {
    const body = { labels: {}, annotations: {}, spec: { x: 'x'.repeat(20_000) } }
    const many = Array.from({ length: BLOCK_MIN }, (_, at) => `n${at}`)
    const nodes = graph(...many).nodes.map((node) => ({ ...node, job: node.id }))
    const run = new Simulation(plan({ jobs: Object.fromEntries(many.map((id) => [id, { ...body }])), nodes }))
    expect(run.of('startBlock').map(({ starts }) => starts.length)).toEqual([52, 48])
  })

  it('counts an end once: what comes late or twice changes nothing', () => {
    const run = new Simulation(graph('a', 'b(a)'))
    run.ends('a').happens({ type: 'attemptEnded', node: 'a', attempt: 1, outcome: failed, at: 9 })
    expect(run.state.nodes.a?.phase).toBe('Succeeded')
    expect(run.running).toEqual(['b'])
  })
})

describe('a deferred template', () => {
  const jobs = { body: { labels: {}, annotations: {}, spec: {} }, late: { templateRef: 'tpl', overlay: {} } }
  const nodes = graph('a', 'b', 'c').nodes.map((node) => (node.id === 'a' ? node : { ...node, job: 'late' }))

  it('is asked for once, holds only its own nodes, and starts them when it is there (JF-8)', () => {
    const run = new Simulation(plan({ jobs, nodes }))
    expect(run.running).toEqual(['a'])
    expect(run.of('findTemplate')).toHaveLength(1)
    expect(run.ends('a').state.phase).toBeUndefined()
    run.happens({ type: 'templateFound', job: 'late', body: jobs.body })
    expect(run.running).toEqual(['b', 'c'])
  })

  it('does not hold a run that has failed', () => {
    const run = new Simulation(plan({ jobs, nodes })).ends('a', failed)
    expect(run.state.phase).toBe('Failed')
    expect(run.state.nodes.b?.phase).toBe('Skipped')
  })
})

describe('a failure handler', () => {
  const onFailure: JobNode = {
    type: 'job',
    id: 'ErrorHandler',
    needs: [],
    objectName: 'flow-errorhandler',
    job: 'body',
    retry: noRetry,
  }

  it('runs once, after all that ran has ended, with the failure in its env', () => {
    const run = new Simulation({ ...graph('bad', 'slow'), onFailure })
    expect(run.ends('bad', failed).running).toEqual(['slow'])
    expect(run.ends('slow').running).toEqual(['ErrorHandler'])
    const env = Object.fromEntries(
      run
        .of('startJob')
        .at(-1)
        ?.env.map(({ name, value }) => [name, value]) ?? [],
    )
    expect(env).toMatchObject({
      MILLRACE_NAME: 'flow',
      MILLRACE_FAILED_NODE: 'bad',
      MILLRACE_FAILED_OUTCOME: 'failed',
      MILLRACE_FAILED_EXIT_CODE: '1',
      MILLRACE_MESSAGE: 'bad: exited with code 1',
    })
    expect(run.ends('ErrorHandler').state).toMatchObject({
      phase: 'Failed',
      message: 'bad: exited with code 1',
    })
  })

  it('does not run when the flow succeeds or is cancelled', () => {
    expect(new Simulation({ ...graph('a'), onFailure }).ends('a').started).toEqual(['a'])
    const cancelled = new Simulation({ ...graph('a'), onFailure })
    cancelled.happens({ type: 'cancelRequested', at: 1 }).happens({ type: 'objectsDeleted', at: 2 })
    expect(cancelled.started).toEqual(['a'])
  })

  it('that fails itself leaves the cause of the run standing', () => {
    const run = new Simulation({ ...graph('bad'), onFailure }).ends('bad', failed)
    run.ends('ErrorHandler', { type: 'failed', message: 'handler broke' })
    expect(run.state).toMatchObject({ phase: 'Failed', message: 'bad: exited with code 1' })
    expect(run.state.nodes.ErrorHandler?.message).toBe('handler broke')
  })
})

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

  it('keeps its node set when nodes join or leave later (DJ-5)', () => {
    const run = listed('n1').happens({
      type: 'clusterNodesListed',
      fleet: 'fleet',
      clusterNodes: ['n1', 'n9'],
    })
    expect(run.ends('n1').state.phase).toBe('Succeeded')
    expect(run.started).toEqual(['n1'])
  })

  it('is Failed only when all have ended (DJ-8)', () => {
    const run = listed('n1', 'n3').ends('n1', failed)
    expect(run.state.phase).toBeUndefined()
    expect(run.ends('n3').state).toMatchObject({ phase: 'Failed', message: 'n1: exited with code 1' })
  })

  it('succeeds at once when every node is excluded', () => {
    expect(listed('n2').state.phase).toBe('Succeeded')
  })

  it('shortens Job names over 63 characters instead of leaving nodes out (DJ-7)', () => {
    const run = listed(`${'x'.repeat(70)}a`, `${'x'.repeat(70)}b`)
    const names = run.of('startJob').map(({ attempt }) => attempt.objectName)
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name.length).toBeLessThanOrEqual(63)
  })
})

describe('retries', () => {
  const retrying = (policy: Partial<typeof noRetry>) =>
    new Simulation(
      plan({
        nodes: graph('a', 'b(a)').nodes.map((node) => ({ ...node, retry: { ...noRetry, ...policy } })),
      }),
    )

  it('follow a lost pod when the author allowed it, after the delay, under a name of their own', () => {
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

  it('do not follow a failure of the job itself, nor more often than allowed', () => {
    expect(retrying({ infrastructureLimit: 5 }).ends('a', failed).state.phase).toBe('Failed')
    const run = retrying({ infrastructureLimit: 1 })
      .ends('a', { type: 'lost' })
      .happens({ type: 'slept', node: 'a' })
    expect(run.ends('a', { type: 'lost' }).state.phase).toBe('Failed')
  })

  it('are given up when another node has failed for good', () => {
    const policy = { ...noRetry, infrastructureLimit: 3 }
    const nodes = graph('a', 'b').nodes.map((node) => ({ ...node, retry: policy }))
    const run = new Simulation(plan({ nodes })).ends('a', { type: 'lost', message: 'gone' }).ends('b', failed)
    expect(run.state.phase).toBe('Failed')
    expect(run.state.nodes.a?.phase).toBe('Failed')
  })
})

describe('cancel', () => {
  it('deletes everything first, then ends Cancelled and shows what never started', () => {
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

  it('shows what it deleted itself as cancelled, and what ended by itself as what it was', () => {
    const run = new Simulation(graph('a', 'b', 'c')).happens({ type: 'cancelRequested', at: 1 })
    run.ends('a', { type: 'lost', reason: 'JobDeleted', message: 'Job a was deleted before it ended' })
    run.ends('b', { type: 'failed', exitCode: 1 }).ends('c')
    run.happens({ type: 'objectsDeleted', at: 2 })
    const phases = Object.values(run.state.nodes).map(({ phase }) => phase)
    expect(phases).toEqual(['Cancelled', 'Failed', 'Succeeded'])
    expect(run.state.phase).toBe('Cancelled')
  })

  it('asked for twice deletes once', () => {
    const cancel = { type: 'cancelRequested', at: 1 } as const
    expect(new Simulation(graph('a')).happens(cancel).happens(cancel).of('deleteObjects')).toHaveLength(1)
  })

  it('starts nothing for an end that comes while it deletes', () => {
    const run = new Simulation(graph('a', 'b(a)')).happens({ type: 'cancelRequested', at: 1 })
    expect(run.ends('a', succeeded).started).toEqual(['a'])
  })
})

describe('wide and heavy plans', () => {
  it('gates take no room from the jobs within them', () => {
    const gates = Array.from({ length: MAX_PENDING + 20 }, (_, at): PlanNode => {
      return { type: 'parallel', id: `p${at}`, needs: [], parent: 'outer' }
    })
    const jobs = graph('a', 'b', 'c').nodes.map((node, at) => ({ ...node, parent: `p${at}` }))
    const outer: PlanNode = { type: 'parallel', id: 'outer', needs: [] }
    const run = new Simulation(plan({ continueOnFailure: true, nodes: [outer, ...gates, ...jobs] }))
    expect(run.started).toEqual(['a', 'b', 'c'])
    expect(run.ends('a').ends('b').ends('c').state.phase).toBe('Succeeded')
  })

  it('outputs that come together beyond what one message holds fail their parallel, with the number', () => {
    const children = ['a', 'b', 'c'].map(
      (id): PlanNode => ({
        type: 'job',
        id,
        needs: [],
        parent: 'p',
        objectName: id,
        job: 'body',
        retry: noRetry,
      }),
    )
    const run = new Simulation(
      plan({
        continueOnFailure: true,
        dataflow: { input: {} },
        nodes: [{ type: 'parallel', id: 'p', needs: [] }, ...children],
      }),
    )
    for (const id of ['a', 'b', 'c']) run.ends(id, { type: 'succeeded', output: 'x'.repeat(400_000) })
    expect(run.state).toMatchObject({ phase: 'Failed', message: expect.stringMatching(/p: .*1200\d+ bytes/) })
  })
})

it('a sequence goes on by the names of its steps, whatever a webhook has put among them (PL-4)', () => {
  const steps = ['in', 'work', 'out'].map((name) => ({ name, container: `c-${name}` }))
  const retry = { ...noRetry, applicationLimit: 1 }
  const run = new Simulation(
    plan({ nodes: [{ type: 'sequence', id: 's', needs: [], objectName: 's', job: 'body', retry, steps }] }),
  )
  const told = [
    { name: 'injected', phase: 'Succeeded' as const },
    { name: 'in', container: 'c-in', phase: 'Failed' as const },
  ]
  run.ends('s', { type: 'failed', steps: told }).happens({ type: 'slept', node: 's' })
  expect(run.of('startJob').at(-1)?.attempt.fromStep).toBeUndefined()
})

it('a run whose object was deleted under a retry ends as cancelled', () => {
  const retry = { ...noRetry, infrastructureLimit: 2 }
  const run = new Simulation(
    plan({ nodes: [{ type: 'job', id: 'a', needs: [], objectName: 'a', job: 'body', retry }] }),
  )
  run.ends('a', { type: 'lost' }).happens({ type: 'slept', node: 'a' })
  run.ends('a', { type: 'cancelled', message: 'JobFlow flow was deleted' })
  run.happens({ type: 'objectsDeleted', at: 9 })
  expect(run.state).toMatchObject({ phase: 'Cancelled', message: 'JobFlow flow was deleted' })
})
