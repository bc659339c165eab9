import { describe, expect, it } from 'vitest'
import { BLOCK_MIN } from '../../src/model/limits.ts'
import type { PlanNode } from '../../src/model/plan.ts'
import { BLOCK_MAX, MAX_PENDING } from '../../workflows/decide/start-attempts.ts'
import { failed, graph, noRetry, plan, Simulation } from './simulate.ts'

describe('a graph', () => {
  //   a → b → d
  //    ↘ c ↗
  it('starts a node when all its needs have succeeded, and not before', () => {
    const run = new Simulation(graph('a', 'b(a)', 'c(a)', 'd(b,c)'))
    expect(run.running).toEqual(['a'])
    expect(run.ends('a').running).toEqual(['b', 'c'])
    expect(run.ends('c').running).toEqual(['b'])
    expect(run.ends('b').running).toEqual(['d'])
    expect(run.ends('d').state.phase).toBe('Succeeded')
    expect(run.started).toEqual(['a', 'b', 'c', 'd'])
  })

  it('starts independent nodes at once, in any order of the list', () => {
    expect(new Simulation(graph('z(y)', 'y', 'x')).running).toEqual(['y', 'x'])
  })

  it('starts no node after a failure, and records the end of running ones (JF-4, JF-5)', () => {
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

  it('fails with the name of an unknown dependency when no other node can run', () => {
    const run = new Simulation(graph('a', 'b(a,ghost)', 'c(b)'))
    run.ends('a')
    expect(run.state).toMatchObject({ phase: 'Failed', message: 'b needs ghost, which does not exist' })
    expect(run.state.nodes.b?.message).toBe('never started: it needs ghost, which does not exist')
  })

  it('treats names of Object.prototype like any other name', () => {
    const run = new Simulation(graph('constructor', 'toString(constructor)', 'hasOwnProperty(valueOf)'))
    run.ends('constructor').ends('toString')
    expect(run.started).toEqual(['constructor', 'toString'])
    expect(run.state.message).toBe('hasOwnProperty needs valueOf, which does not exist')
  })

  it('never has more pending attempts than allowed, and starts others as they end', () => {
    const gates = Array.from({ length: 6 }, (_, at) => `g${at}`)
    const after = (gate: string): string[] =>
      Array.from({ length: BLOCK_MIN - 1 }, (_, at) => `${gate}n${at}(${gate})`)
    const run = new Simulation(graph(...gates, ...gates.flatMap(after)))
    for (const gate of gates) run.ends(gate)
    expect(run.running).toHaveLength(MAX_PENDING)
    run.ends('g0n0')
    expect(run.running).toHaveLength(MAX_PENDING)
  })

  it('starts very many nodes in blocks whose attempts end one by one', () => {
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

  it('limits a block to the size of a message if its bodies are large', () => {
    const body = { labels: {}, annotations: {}, spec: { x: 'x'.repeat(20_000) } }
    const many = Array.from({ length: BLOCK_MIN }, (_, at) => `n${at}`)
    const nodes = graph(...many).nodes.map((node) => ({ ...node, job: node.id }))
    const run = new Simulation(plan({ jobs: Object.fromEntries(many.map((id) => [id, { ...body }])), nodes }))
    expect(run.of('startBlock').map(({ starts }) => starts.length)).toEqual([52, 48])
  })

  it('records an end once: a late or second one changes nothing', () => {
    const run = new Simulation(graph('a', 'b(a)'))
    run.ends('a').happens({ type: 'attemptEnded', node: 'a', attempt: 1, outcome: failed, at: 9 })
    expect(run.state.nodes.a?.phase).toBe('Succeeded')
    expect(run.running).toEqual(['b'])
  })
})

describe('a deferred template', () => {
  const jobs = { body: { labels: {}, annotations: {}, spec: {} }, late: { templateRef: 'tpl', overlay: {} } }
  const nodes = graph('a', 'b', 'c').nodes.map((node) => (node.id === 'a' ? node : { ...node, job: 'late' }))

  it('is requested once, delays only its own nodes, and starts them when it is found (JF-8)', () => {
    const run = new Simulation(plan({ jobs, nodes }))
    expect(run.running).toEqual(['a'])
    expect(run.of('findTemplate')).toHaveLength(1)
    expect(run.ends('a').state.phase).toBeUndefined()
    run.happens({ type: 'templateFound', job: 'late', body: jobs.body })
    expect(run.running).toEqual(['b', 'c'])
  })

  it('does not delay a run that has failed', () => {
    const run = new Simulation(plan({ jobs, nodes })).ends('a', failed)
    expect(run.state.phase).toBe('Failed')
    expect(run.state.nodes.b?.phase).toBe('Skipped')
  })
})

describe('wide and heavy plans', () => {
  it('parallel nodes do not count as pending attempts', () => {
    const gates = Array.from({ length: MAX_PENDING + 20 }, (_, at): PlanNode => {
      return { type: 'parallel', id: `p${at}`, needs: [], parent: 'outer' }
    })
    const jobs = graph('a', 'b', 'c').nodes.map((node, at) => ({ ...node, parent: `p${at}` }))
    const outer: PlanNode = { type: 'parallel', id: 'outer', needs: [] }
    const run = new Simulation(plan({ continueOnFailure: true, nodes: [outer, ...gates, ...jobs] }))
    expect(run.started).toEqual(['a', 'b', 'c'])
    expect(run.ends('a').ends('b').ends('c').state.phase).toBe('Succeeded')
  })

  it('outputs that together exceed a message fail their parallel node, with their size', () => {
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
