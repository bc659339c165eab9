import { expect } from 'vitest'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import { apply } from '../../workflows/apply.ts'
import { type Command, isPure, startsOf } from '../../workflows/command.ts'
import { decide } from '../../workflows/decide.ts'
import type { Event } from '../../workflows/event.ts'
import { initialState, type RunState } from '../../workflows/state.ts'

/**
 * A run of any plan with any order of events. Open commands end in a random order, and the state goes through JSON after
 * each event, as it does when a history is continued.
 */
export class AnyRun {
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
    expect(decide(this.#plan, this.state), 'no command is given twice').toEqual([])
    this.state = JSON.parse(JSON.stringify(this.state)) as RunState
  }

  #issue(command: Command): void {
    for (const { attempt } of startsOf(command)) this.#checkStart(attempt.node, attempt.number)
    apply(this.#plan, this.state, { type: 'issued', command, at: this.tick() })
    // Each attempt of a block ends by itself.
    if (command.type === 'startBlock')
      this.open.push(...command.starts.map((start): Command => ({ type: 'startJob', ...start })))
    else if (!isPure(command) && command.type !== 'finish') this.open.push(command)
  }

  /** An attempt starts after its needs, and once. */
  #checkStart(id: string, number: number): void {
    const key = `${id}#${number}`
    expect(this.starts, 'no attempt is started twice').not.toContain(key)
    this.starts.push(key)
    const node = this.#plan.nodes.find((each) => each.id === id)
    if (!node) return
    const isDone = (need: string): boolean =>
      this.state.fleets[need]?.members.every((member) => this.state.nodes[member]?.phase === 'Succeeded') ??
      this.state.nodes[need]?.phase === 'Succeeded'
    if (node.join === 'any') expect(node.needs.some(isDone), `one need of ${id} has succeeded`).toBe(true)
    else expect(node.needs.every(isDone), `every need of ${id} has succeeded`).toBe(true)
    if (node.parent) expect(this.state.nodes[node.parent]?.phase).toBe('Running')
  }

  /** Ends one of the open commands. */
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
