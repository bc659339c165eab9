import type { Plan } from '../src/plan/plan.ts'
import type { Command, Event } from './event.ts'
import { fitName, MAX_JOB_NAME } from './names.ts'
import type { Outcome } from './outcome.ts'
import { decideRetry } from './retry.ts'
import { isFinal, jobNodeState, lastAttempt, type NodeState, own, type RunState } from './state.ts'

/**
 * Folds one event into the state, in place: a run of thousands of nodes applies thousands of events, and nobody
 * but the driver holds the state. Events that come too late (an attempt that ended after it was cancelled) are
 * passed over, so every order of events is safe.
 */
export function apply(plan: Plan, state: RunState, event: Event): void {
  switch (event.type) {
    case 'issued':
      return issued(plan, state, event.command, event.at)
    case 'attemptEnded':
      return attemptEnded(state, event.node, event.attempt, event.outcome, event.at)
    case 'templateFound':
      state.found[event.job] = event.body
      return
    case 'clusterNodesListed':
      return openFleet(plan, state, event.fleet, event.clusterNodes)
    case 'slept':
      return slept(state, event.node)
    case 'cancelRequested':
      state.cancel ??= 'requested'
      return
    case 'objectsDeleted':
      return cancelled(state, event.at)
    default:
      return event satisfies never
  }
}

function issued(plan: Plan, state: RunState, command: Command, at: number): void {
  switch (command.type) {
    case 'startJob':
      return attemptStarted(plan, state, command.attempt.node, command.attempt.number, at)
    case 'startFleet':
      for (const { node, number } of command.attempts) attemptStarted(plan, state, node, number, at)
      return
    case 'findTemplate':
      state.asked.push(command.job)
      return
    case 'listClusterNodes': {
      const fleet = state.fleets[command.fleet]
      if (fleet) fleet.phase = 'listing'
      return
    }
    case 'sleep': {
      const node = state.nodes[command.node]
      if (node) node.sleeping = true
      return
    }
    case 'deleteObjects':
      state.cancel = 'deleting'
      return
    case 'finish':
      return finished(state, command, at)
    default:
      return command satisfies never
  }
}

function attemptStarted(plan: Plan, state: RunState, id: string, number: number, at: number): void {
  // The failure handler is no vertex of the graph: it joins the nodes when it starts.
  if (plan.onFailure?.id === id && !own(state.nodes, id)) state.nodes[id] = jobNodeState(plan.onFailure)
  const node = own(state.nodes, id)
  if (!node || isFinal(node.phase)) return
  node.phase = 'Running'
  node.attempts.push({ number, startedAt: at })
  clearRetry(node)
}

function attemptEnded(state: RunState, id: string, number: number, outcome: Outcome, at: number): void {
  const node = own(state.nodes, id)
  const attempt = node && lastAttempt(node)
  if (!node || attempt?.number !== number || attempt.outcome) return
  attempt.outcome = outcome
  attempt.endedAt = at
  if (outcome.type === 'succeeded') {
    node.phase = 'Succeeded'
    delete node.message
    return
  }
  const outcomes = node.attempts.flatMap((one) => one.outcome ?? [])
  const decision = decideRetry(node.retry, outcomes)
  const text = outcome.message ?? outcome.reason ?? outcome.type
  if (decision.retry && !state.cancel) {
    node.phase = 'Pending'
    node.retryAt = at + decision.delayMs
    node.message = `${text}; ${decision.because}`
  } else {
    node.phase = outcome.type === 'cancelled' ? 'Cancelled' : 'Failed'
    node.message = text
  }
}

/** The node set of a fleet, fixed from here on: a cluster node that joins or leaves later changes nothing. */
function openFleet(plan: Plan, state: RunState, id: string, clusterNodes: string[]): void {
  const node = plan.nodes.find((one) => one.id === id)
  const fleet = state.fleets[id]
  if (node?.type !== 'fleet' || fleet?.phase !== 'listing') return
  fleet.phase = 'open'
  fleet.members = clusterNodes.filter((name) => !node.exclude.includes(name)).sort()
  for (const clusterNode of fleet.members) {
    const { needs, job, retry } = node
    const objectName = fitName(`${node.namePrefix}-${clusterNode}`, MAX_JOB_NAME)
    const member = jobNodeState({ type: 'job', id: clusterNode, needs, job, retry, objectName })
    state.nodes[clusterNode] = { ...member, fleet: id, clusterNode }
  }
}

function slept(state: RunState, id: string): void {
  const node = state.nodes[id]
  if (node) clearRetry(node)
}

function clearRetry(node: NodeState): void {
  delete node.retryAt
  delete node.sleeping
}

function cancelled(state: RunState, at: number): void {
  state.cancel = 'done'
  for (const node of Object.values(state.nodes)) {
    if (isFinal(node.phase)) continue
    const attempt = lastAttempt(node)
    if (attempt && !attempt.outcome) {
      attempt.outcome = { type: 'cancelled', message: 'the run was cancelled' }
      attempt.endedAt = at
    }
    node.phase = attempt ? 'Cancelled' : 'Skipped'
    node.message = attempt ? 'the run was cancelled' : 'never started: the run was cancelled'
  }
}

function finished(state: RunState, command: Extract<Command, { type: 'finish' }>, at: number): void {
  state.phase = command.phase
  state.endedAt = at
  if (command.message !== undefined) state.message = command.message
  for (const node of Object.values(state.nodes)) {
    if (isFinal(node.phase)) continue
    // What is still pending now will never run; a node that waited for a retry has failed.
    node.phase = node.attempts.length > 0 ? 'Failed' : 'Skipped'
    // It is not tried again after all: what it failed of stands, without the retry that was promised.
    if (node.attempts.length > 0) node.message = lastAttempt(node)?.outcome?.message ?? 'failed'
    node.message ??= neverStarted(state, node)
    clearRetry(node)
  }
}

function neverStarted(state: RunState, { needs }: NodeState): string {
  const unknown = needs.filter((need) => !own(state.nodes, need) && !own(state.fleets, need))
  if (unknown.length > 0) return `never started: it needs ${unknown.join(', ')}, which does not exist`
  return 'never started: the run failed before its turn'
}
