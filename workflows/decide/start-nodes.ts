import { holds } from '../../src/expressions/condition.ts'
import { own } from '../../src/lib/json.ts'
import type { Start } from '../../src/model/attempt.ts'
import { isDeferred, type Plan } from '../../src/model/plan.ts'
import type { Command } from '../command.ts'
import {
  type GateNodeState,
  isJob,
  isService,
  type JobNodeState,
  lastAttempt,
  type NodeState,
  nodesOf,
  type RunState,
} from '../state.ts'
import { inputOf, isSettled, isTurn, needsMet } from '../turn.ts'
import { dataEnv } from './data-env.ts'
import { sleepFor } from './next-attempt.ts'
import { MAX_PENDING, startAttempts } from './start-attempts.ts'
import type { Survey } from './survey.ts'

export const isMember = (node: NodeState): boolean => isJob(node) && node.fleet !== undefined

export function startNodes(plan: Plan, state: RunState, survey: Survey): Command[] {
  const asking = new Set(state.asked)
  let room = MAX_PENDING - openActivities(state, survey)
  const ready: JobNodeState[] = []
  const startJob = (node: JobNodeState): Command[] => {
    if (node.retryAt !== undefined) return sleepFor(node)
    const job = plan.jobs[node.job]
    if (job && isDeferred(job) && !own(state.found, node.job)) {
      if (asking.has(node.job) || room <= 0) return []
      asking.add(node.job)
      room -= 1
      return [{ type: 'findTemplate', job: node.job, ...job }]
    }
    ready.push(node)
    return []
  }
  const commands = survey.candidates.flatMap((node): Command[] => {
    if (isService(node)) return keepService(state, node)
    if (isMember(node) || !isTurn(state, node)) return []
    return isJob(node) ? startJob(node) : openGate(plan, state, node)
  })
  const lists = Object.entries(state.fleets).flatMap(([fleet, { phase, needs }]): Command[] =>
    phase === 'waiting' && needsMet(state, needs) ? [{ type: 'listClusterNodes', fleet }] : [],
  )
  const envOf = (node: JobNodeState): Start['env'] =>
    plan.dataflow ? dataEnv(inputOf(state, node, plan.dataflow.input), plan.nodes.length) : []
  return [...commands, ...startAttempts(plan, state, ready, room, envOf), ...lists]
}

/** Starts every member that can start. A failed member does not stop the others. */
export function startMembers(plan: Plan, state: RunState, survey: Survey): Command[] {
  if (!survey.pending.some(isMember)) return []
  return Object.values(state.fleets).flatMap(({ members }): Command[] => {
    const waiting = members
      .flatMap((id) => state.nodes[id] ?? [])
      .filter(isJob)
      .filter(({ phase }) => phase === 'Pending')
    const ready = waiting.filter(({ retryAt }) => retryAt === undefined)
    const room = MAX_PENDING - openActivities(state, survey)
    return [...startAttempts(plan, state, ready, room), ...waiting.flatMap(sleepFor)]
  })
}

/** Activities that are open now. Branches and parallels are decided in the workflow and need none. */
function openActivities(state: RunState, { running }: Survey): number {
  const own = running.filter((node) => isService(node) || (isJob(node) && !lastAttempt(node)?.inBlock)).length
  return own + state.asked.filter((job) => !Object.hasOwn(state.found, job)).length
}

function keepService(state: RunState, node: Extract<NodeState, { type: 'service' }>): Command[] {
  const isOpen = node.phase === 'Running' ? !node.watched : node.phase === 'Pending' && isTurn(state, node)
  if (!isOpen) return []
  const until = node.ready ? 'unready' : 'ready'
  return [{ type: 'keepService', node: node.id, turn: node.turn + 1, until }]
}

/** A branch chooses by its input; a parallel opens its children. */
function openGate(plan: Plan, state: RunState, node: GateNodeState): Command[] {
  const { id, type } = node
  if (type === 'parallel') return [{ type: 'openParallel', node: id }]
  const branch = plan.nodes.find((each) => each.id === id)
  if (branch?.type !== 'branch') return []
  const input = inputOf(state, node, plan.dataflow?.input ?? {})
  const choice = branch.choices.find(({ condition }) => holds(condition, input))
  return [{ type: 'choose', node: id, ...(choice ? { next: choice.next } : {}) }]
}

export function closeParallels(state: RunState, { running }: Survey): Command[] {
  return running
    .filter(({ type }) => type === 'parallel')
    .filter(({ id }) =>
      isSettled(
        state,
        nodesOf(state).filter(({ parent }) => parent === id),
      ),
    )
    .map(({ id }) => ({ type: 'closeParallel', node: id }))
}
