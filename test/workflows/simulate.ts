import type { Outcome } from '../../src/model/outcome.ts'
import type { Plan, PlanNode, RetryPolicy } from '../../src/model/plan.ts'
import { apply } from '../../workflows/apply.ts'
import { type Command, isPure, startsOf } from '../../workflows/command.ts'
import { decide } from '../../workflows/decide.ts'
import type { Event } from '../../workflows/event.ts'
import { initialState, type RunState } from '../../workflows/state.ts'

export const noRetry: RetryPolicy = { applicationLimit: 0, infrastructureLimit: 0, delayMs: 1_000 }

/** `graph('a', 'b(a)', 'c(a,b)')`: job nodes with one body, and their needs in brackets. */
export function graph(...vertices: string[]): Plan {
  const nodes = vertices.map((vertex): PlanNode => {
    const [, id = '', needs = ''] = /^([^(]+)(?:\((.*)\))?$/.exec(vertex) ?? []
    const list = needs.split(',').filter((need) => need !== '')
    return { type: 'job', id, needs: list, objectName: `flow-${id}`, job: 'body', retry: noRetry }
  })
  return plan({ nodes })
}

export function plan(parts: Partial<Plan>): Plan {
  const body = { labels: {}, annotations: {}, spec: {} }
  return {
    version: 1,
    format: 'jobflow',
    kind: 'JobFlow',
    namespace: 'default',
    name: 'flow',
    jobs: { body },
    nodes: [],
    ...parts,
  }
}

export const succeeded: Outcome = { type: 'succeeded' }
export const failed: Outcome = { type: 'failed', exitCode: 1, message: 'exited with code 1' }

/** A run without Temporal: commands are only recorded, and the test gives the events. */
export class Simulation {
  readonly state: RunState
  /** Every command so far, in order. */
  readonly given: Command[] = []
  readonly #plan: Plan
  #now = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.state = initialState(plan, 0)
    this.#step()
  }

  /** The nodes whose attempts are running. */
  get running(): string[] {
    return Object.values(this.state.nodes).flatMap(({ id, phase }) => (phase === 'Running' ? [id] : []))
  }

  get started(): string[] {
    return this.given.flatMap(startsOf).map(({ attempt }) => attempt.node)
  }

  of<T extends Command['type']>(type: T): Extract<Command, { type: T }>[] {
    return this.given.filter((command): command is Extract<Command, { type: T }> => command.type === type)
  }

  ends(node: string, outcome: Outcome = succeeded): this {
    const attempt = this.state.nodes[node]?.attempts.length ?? 0
    return this.happens({ type: 'attemptEnded', node, attempt, outcome, at: this.#tick() })
  }

  happens(event: Event): this {
    apply(this.#plan, this.state, event)
    this.#step()
    return this
  }

  #step(): void {
    for (let more = true; more; ) {
      const commands = decide(this.#plan, this.state)
      for (const command of commands) {
        this.given.push(command)
        apply(this.#plan, this.state, { type: 'issued', command, at: this.#tick() })
      }
      more = commands.some(isPure)
    }
  }

  #tick(): number {
    this.#now += 1_000
    return this.#now
  }
}
