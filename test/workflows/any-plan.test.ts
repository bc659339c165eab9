import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { defaultAdapters } from '../../src/compiler/formats/pipeline/pipeline-adapters.ts'
import { decode } from '../../src/manifests/decode.ts'
import type { Workflow } from '../../src/manifests/kinds/jobnetes/workflow.ts'
import type { WorkflowExecution } from '../../src/manifests/kinds/jobnetes/workflow-execution.ts'
import { BLOCK_MIN } from '../../src/model/limits.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Plan, PlanNode } from '../../src/model/plan.ts'
import { apply } from '../../workflows/apply.ts'
import { type Command, isPure, startsOf } from '../../workflows/command.ts'
import { decide } from '../../workflows/decide.ts'
import type { Event } from '../../workflows/event.ts'
import { initialState, type RunState } from '../../workflows/state.ts'
import { toStatus } from '../../workflows/status/status.ts'
import { plan } from './simulate.ts'

/**
 * Any plan, any order of events, a crash after any of them: what is under way is a bag of commands whose ends come
 * in whatever order the dice say, and between two of them the state goes through JSON, as it does when a history is
 * replayed or continued.
 */
class AnyRun {
  state: RunState
  readonly open: Command[] = []
  readonly starts: string[] = []
  readonly #plan: Plan
  #now = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.state = initialState(plan, 0)
    this.step()
  }

  step(): void {
    for (let more = true; more; ) {
      const commands = decide(this.#plan, this.state)
      for (const command of commands) this.#issue(command)
      more = commands.some(isPure)
    }
    expect(decide(this.#plan, this.state), 'nothing is asked for twice').toEqual([])
    this.state = JSON.parse(JSON.stringify(this.state)) as RunState
  }

  #issue(command: Command): void {
    for (const { attempt } of startsOf(command)) this.#checkStart(attempt.node, attempt.number)
    apply(this.#plan, this.state, { type: 'issued', command, at: this.tick() })
    // Of a block each attempt comes to its own end.
    if (command.type === 'startBlock')
      this.open.push(...command.starts.map((start): Command => ({ type: 'startJob', ...start })))
    else if (!isPure(command) && command.type !== 'finish') this.open.push(command)
  }

  /** Never before its needs, never twice. */
  #checkStart(id: string, number: number): void {
    const key = `${id}#${number}`
    expect(this.starts, 'no attempt is started twice').not.toContain(key)
    this.starts.push(key)
    const node = this.#plan.nodes.find((each) => each.id === id)
    if (!node) return
    const isDone = (need: string): boolean =>
      this.state.fleets[need]?.members.every((member) => this.state.nodes[member]?.phase === 'Succeeded') ??
      this.state.nodes[need]?.phase === 'Succeeded'
    if (node.join === 'any') expect(node.needs.some(isDone), `${id} was led to`).toBe(true)
    else expect(node.needs.every(isDone), `${id} has what it needs`).toBe(true)
    if (node.parent) expect(this.state.nodes[node.parent]?.phase).toBe('Running')
  }

  /** The command at this place of the bag comes to its end. */
  end(at: number, outcome: Outcome): void {
    const [command] = this.open.splice(at % this.open.length, 1)
    if (!command) return
    for (const event of endsOf(command, outcome, this.tick())) apply(this.#plan, this.state, event)
    this.step()
  }

  happens(event: Event): void {
    apply(this.#plan, this.state, event)
    this.step()
  }

  tick(): number {
    this.#now += 1
    return this.#now
  }
}

function endsOf(command: Command, outcome: Outcome, at: number): Event[] {
  switch (command.type) {
    case 'startJob': {
      const { node, number } = command.attempt
      return [{ type: 'attemptEnded', node, attempt: number, outcome, at }]
    }
    case 'keepService': {
      const { node, turn } = command
      const change = { type: outcome.type === 'refused' ? 'refused' : command.until } as const
      return [{ type: 'serviceChanged', node, turn, change, at }]
    }
    case 'listClusterNodes':
      return [{ type: 'clusterNodesListed', fleet: command.fleet, clusterNodes: ['n1', 'n2'] }]
    case 'findTemplate':
      return [{ type: 'templateFound', job: command.job, body: { labels: {}, annotations: {}, spec: {} } }]
    case 'sleep':
      return [{ type: 'slept', node: command.node }]
    case 'deleteObjects':
      return [{ type: 'objectsDeleted', at }]
    default:
      return []
  }
}

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('succeeded' as const), output: fc.jsonValue({ maxDepth: 1 }) }),
  },
  fc.record({
    type: fc.constantFrom('failed', 'timedOut', 'evicted', 'image', 'refused', 'lost', 'cancelled'),
    message: fc.string(),
    steps: fc.array(
      fc.record({ name: fc.string(), phase: fc.constantFrom('Succeeded', 'Failed', 'Skipped') }),
      { maxLength: 3 },
    ),
  }),
) as fc.Arbitrary<Outcome>
const dice = fc.infiniteStream(fc.tuple(fc.nat(), outcome, fc.nat(60)))

/** Plays a run to its end; `cancels`: somebody may cancel at any moment. */
function play(thePlan: Plan, throws: fc.Stream<[number, Outcome, number]>, cancels: boolean): RunState {
  const run = new AnyRun(thePlan)
  const hasServices = thePlan.nodes.some(({ type }) => type === 'service')
  for (let rounds = 0; run.state.phase === undefined; rounds++) {
    expect(
      run.open.length,
      `nothing is under way and it has not ended: ${JSON.stringify(run.state)}`,
    ).toBeGreaterThan(0)
    expect(rounds, 'it ends').toBeLessThan(3_000)
    const [at, end, chance] = throws.next().value as [number, Outcome, number]
    // Services never end by themselves.
    if (!run.state.closing && ((cancels && chance === 0) || (hasServices && rounds > 60)))
      run.happens({ type: 'cancelRequested', at: run.tick() })
    else run.end(at, end)
  }
  return run.state
}

const retry = fc.record({
  applicationLimit: fc.nat(3),
  infrastructureLimit: fc.nat(3),
  totalLimit: fc.nat(4),
  delayMs: fc.constant(1),
})
const vertex = (index: number): fc.Arbitrary<PlanNode> =>
  fc
    .record({
      type: fc.constantFrom('job', 'sequence', 'fleet', 'service'),
      needs: fc.subarray(Array.from({ length: index }, (_, each) => `v${each}`)),
      ghost: fc.nat(20),
      retry,
    })
    .map(({ type, needs, ghost, retry }): PlanNode => {
      const id = `v${index}`
      const all = ghost === 0 ? [...needs, 'ghost'] : needs
      const shape = { id, needs: all, objectName: id, job: 'body', retry }
      switch (type) {
        case 'sequence':
          return { ...shape, type, steps: ['a', 'b', 'c'].map((name) => ({ name, container: name })) }
        case 'fleet':
          return { type, id, needs: all, namePrefix: id, exclude: [], job: 'body', retry }
        case 'service':
          return { type, id, needs: all, objectName: id, serviceName: id, deployment: {}, service: {} }
        default:
          return { ...shape, type: 'job' }
      }
    })
const anyGraph = fc
  .nat(9)
  .chain((last) => fc.tuple(...Array.from({ length: last + 1 }, (_, index) => vertex(index))))
  .map((nodes) => {
    // One fleet at most: members are called after cluster nodes, which two fleets would share.
    const first = nodes.findIndex(({ type }) => type === 'fleet')
    return plan({ nodes: nodes.filter(({ type }, index) => type !== 'fleet' || index === first) })
  })

interface Draft {
  kind: 'job' | 'parallel' | 'branch'
  next: number
  sets: Draft[][]
}
const { tasks: anyTasks } = fc.letrec<{ task: Draft; tasks: Draft[] }>((tie) => ({
  task: fc.record({
    kind: fc.constantFrom('job', 'job', 'parallel', 'branch'),
    next: fc.nat(4),
    sets: fc.oneof(
      { maxDepth: 3 },
      fc.constant<Draft[][]>([]),
      fc.array(tie('tasks'), { minLength: 1, maxLength: 3 }),
    ),
  }),
  tasks: fc.array(tie('task'), { minLength: 1, maxLength: 4 }),
}))

/** `next` leads forward within its list; names are unique in the whole tree. */
function toTasks(drafts: Draft[], names: { count: number }): object[] {
  const named = drafts.map((draft) => ({ draft, name: `t${names.count++}` }))
  return named.map(({ draft, name }, index) => {
    const later = named.slice(index + 1).map((each) => each.name)
    const next = later[draft.next]
    const follow = next === undefined ? {} : { next }
    if (draft.kind === 'parallel' && draft.sets.length > 0)
      return { name, type: 'parallel', ...follow, 'task-sets': draft.sets.map((set) => toTasks(set, names)) }
    if (draft.kind === 'branch' && later.length > 0) {
      const choice = (condition: string, at: number) => ({ condition, next: later[at % later.length] })
      return {
        name,
        type: 'branch',
        tasks: [choice('$ == true', draft.next), choice('$ != true', draft.next + 1)],
      }
    }
    return {
      name,
      type: 'kube-job',
      ...follow,
      job: { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } },
    }
  })
}
const anyExecution = anyTasks.map((drafts): Plan => {
  const text = JSON.stringify({ name: 'net', tasks: toTasks(drafts, { count: 0 }) })
  const [document] = decode(text)
  expect(document?.issues).toEqual([])
  const run: WorkflowExecution = {
    apiVersion: 'jobnetes.com/v1beta',
    kind: 'WorkflowExecution',
    metadata: { name: 'exec' },
    spec: { workflow: 'net' },
  }
  const { plan: compiled, issues } = compile(run, 'default', {
    jobTemplate: () => undefined,
    pipeline: () => undefined,
    workflow: () => document?.manifest as Workflow,
    adapters: defaultAdapters,
    now: 0,
  })
  expect(issues).toEqual([])
  if (!compiled) throw new Error('no plan')
  return compiled
})

/** So many that can start at once that they do in blocks, and what follows some of them. */
const wideGraph = fc
  .record({ width: fc.integer({ min: BLOCK_MIN, max: BLOCK_MIN + 20 }), retry })
  .map(({ width, retry }) => {
    const job = (id: string, needs: string[]): PlanNode => ({
      type: 'job',
      id,
      needs,
      objectName: id,
      job: 'body',
      retry,
    })
    const first = Array.from({ length: width }, (_, at) => job(`w${at}`, []))
    return plan({
      nodes: [
        ...first,
        job('one', ['w0']),
        job(
          'all',
          first.map(({ id }) => id),
        ),
      ],
    })
  })

describe.each([
  ['graph of more jobs than start one by one', wideGraph],
  ['graph of jobs, sequences, services and a fleet', anyGraph],
  ['tree of tasks, parallels and branches', anyExecution],
])('any %s', (_, plans) => {
  it.each([
    ['', false],
    ['and cancelled at any moment ', true],
  ])('in any order of events %sends, starts nothing before its turn and nothing twice', (__, cancels) => {
    fc.assert(
      fc.property(plans, dice, (thePlan, throws) => {
        const state = play(thePlan, throws, cancels)
        const ref = {
          id: 'k/n/n/00000000',
          apiVersion: 'v',
          kind: thePlan.kind,
          namespace: 'n',
          name: 'n',
          uid: 'u',
        }
        const status = toStatus(thePlan, state, ref, [])
        const open = status.nodes.filter(({ phase }) => phase === 'Pending' || phase === 'Running')
        expect(open, 'no node is left open').toEqual([])
        const failed = status.nodes.filter(
          ({ phase, id }) => phase === 'Failed' && id !== thePlan.onFailure?.id,
        )
        if (status.phase === 'Succeeded') expect(failed).toEqual([])
        if (status.phase === 'Failed') expect(status.message).toBeTruthy()
      }),
      { numRuns: plans === wideGraph ? 20 : 300 },
    )
  })
})
