import { holds } from '../../src/notation/condition.ts'
import { isDeferred, type Plan } from '../../src/plan/plan.ts'
import { dataEnv } from '../data-env.ts'
import type { Command } from '../event.ts'
import {
  type GateNodeState,
  isJob,
  isService,
  type JobNodeState,
  type NodeState,
  own,
  type RunState,
} from '../state.ts'
import { inputOf, isSettled, isTurn, needsMet } from '../turn.ts'
import { nextAttempt, sleepFor } from './next-attempt.ts'

/** Pending attempts of one workflow: the server blocks the run beyond 2,000 activities, so stay well below. */
export const MAX_PENDING = 500
/** It costs an activity while it runs; branches and parallels are decided here. */
const hasObject = (node: NodeState): boolean => isJob(node) || isService(node)

export const isMember = (node: NodeState): boolean => isJob(node) && node.fleet !== undefined

export function startNodes(plan: Plan, state: RunState): Command[] {
  const nodes = Object.values(state.nodes)
  const running = nodes.filter(
    (node) => node.phase === 'Running' && hasObject(node) && !isMember(node),
  ).length
  let room = MAX_PENDING - running - state.asked.filter((job) => !own(state.found, job)).length
  const asking = new Set(state.asked)
  const startJob = (node: JobNodeState): Command[] => {
    if (node.retryAt !== undefined) return sleepFor(node)
    const job = plan.jobs[node.job]
    if (job && isDeferred(job) && !own(state.found, node.job)) {
      if (asking.has(node.job) || room <= 0) return []
      asking.add(node.job)
      room -= 1
      return [{ type: 'findTemplate', job: node.job, ...job }]
    }
    if (room <= 0) return []
    room -= 1
    const env = plan.dataflow ? dataEnv(inputOf(state, node, plan.dataflow.input), plan.nodes.length) : []
    return [{ type: 'startJob', attempt: nextAttempt(node), job: node.job, env }]
  }
  return [
    ...nodes.flatMap((node): Command[] => {
      if (isService(node)) return keepService(state, node)
      if (node.phase !== 'Pending' || isMember(node) || !isTurn(state, node)) return []
      return isJob(node) ? startJob(node) : openGate(plan, state, node)
    }),
    ...Object.entries(state.fleets).flatMap(([fleet, { phase, needs }]): Command[] =>
      phase === 'waiting' && needsMet(state, needs) ? [{ type: 'listClusterNodes', fleet }] : [],
    ),
  ]
}

function keepService(state: RunState, node: Extract<NodeState, { type: 'service' }>): Command[] {
  const isOpen = node.phase === 'Running' ? !node.watched : node.phase === 'Pending' && isTurn(state, node)
  if (!isOpen) return []
  const until = node.ready ? 'unready' : 'ready'
  return [{ type: 'keepService', node: node.id, turn: node.turn + 1, until }]
}

/** A branch decides on what came to it; a parallel opens for its children. */
function openGate(plan: Plan, state: RunState, node: GateNodeState): Command[] {
  const { id, type } = node
  if (type === 'parallel') return [{ type: 'openParallel', node: id }]
  const branch = plan.nodes.find((each) => each.id === id)
  if (branch?.type !== 'branch') return []
  const input = inputOf(state, node, plan.dataflow?.input ?? {})
  const choice = branch.choices.find(({ condition }) => holds(condition, input))
  return [{ type: 'choose', node: id, ...(choice ? { next: choice.next } : {}) }]
}

export function closeParallels(state: RunState): Command[] {
  const nodes = Object.values(state.nodes)
  return nodes
    .filter(({ type, phase }) => type === 'parallel' && phase === 'Running')
    .filter(({ id }) =>
      isSettled(
        state,
        nodes.filter(({ parent }) => parent === id),
      ),
    )
    .map(({ id }) => ({ type: 'closeParallel', node: id }))
}
