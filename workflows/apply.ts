import type { Json } from '../src/json.ts'
import { jsonBytes } from '../src/notation/dns-name.ts'
import type { Plan } from '../src/plan/plan.ts'
import type { Attempt, Command, Event } from './event.ts'
import { fitName, MAX_JOB_NAME } from './names.ts'
import type { Outcome, ServiceChange } from './outcome.ts'
import { decideRetry } from './retry.ts'
import {
  type AttemptState,
  isFinal,
  isJob,
  isService,
  type JobNodeState,
  jobNodeState,
  lastAttempt,
  type NodeState,
  own,
  type RunState,
} from './state.ts'
import { inputOf } from './turn.ts'

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
    case 'serviceChanged':
      return serviceChanged(state, event.node, event.turn, event.change, event.at)
    case 'outputRecorded':
      return outputRecorded(state, event)
    case 'templateFound':
      state.found[event.job] = event.body
      return
    case 'clusterNodesListed':
      return openFleet(plan, state, event.fleet, event.clusterNodes)
    case 'slept':
      return slept(state, event.node)
    case 'cancelRequested':
      state.closing ??= { as: 'Cancelled', message: 'the run was cancelled', step: 'requested' }
      return
    case 'objectsDeleted':
      return closed(state, event.at)
    default:
      return event satisfies never
  }
}

function issued(plan: Plan, state: RunState, command: Command, at: number): void {
  switch (command.type) {
    case 'startJob':
      return attemptStarted(plan, state, command.attempt, at)
    case 'startFleet':
      for (const attempt of command.attempts) attemptStarted(plan, state, attempt, at)
      return
    case 'keepService':
      return serviceKept(state, command.node, command.turn, at)
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
      if (node && isJob(node)) node.sleeping = true
      return
    }
    case 'deleteObjects':
      if (state.closing) state.closing.step = 'deleting'
      return
    case 'choose':
      return chosen(plan, state, command.node, command.next)
    case 'openParallel':
      return opened(plan, state, command.node)
    case 'closeParallel':
      return parallelClosed(state, command.node)
    case 'close':
      state.closing ??= { as: 'Failed', message: command.message, step: 'requested' }
      return
    case 'finish':
      return finished(state, command, at)
    default:
      return command satisfies never
  }
}

function attemptStarted(plan: Plan, state: RunState, attempt: Attempt, at: number): void {
  const { node: id, number, fromStep } = attempt
  // The failure handler is no vertex of the graph: it joins the nodes when it starts.
  if (plan.onFailure?.id === id && !own(state.nodes, id)) state.nodes[id] = jobNodeState(plan.onFailure)
  const node = own(state.nodes, id)
  if (!node || !isJob(node) || isFinal(node.phase)) return
  takeInput(plan, state, node)
  node.phase = 'Running'
  node.attempts.push({ number, startedAt: at, ...(fromStep ? { fromStep } : {}) })
  clearRetry(node)
}

function takeInput(plan: Plan, state: RunState, node: NodeState): void {
  if (plan.dataflow) node.input ??= inputOf(state, node, plan.dataflow.input)
}

function attemptEnded(state: RunState, id: string, number: number, outcome: Outcome, at: number): void {
  const node = state.nodes[id]
  const attempt = node && lastAttempt(node)
  if (!node || !isJob(node) || attempt?.number !== number || attempt.outcome) return
  attempt.outcome = outcome
  attempt.endedAt = at
  if (outcome.type === 'succeeded') {
    node.phase = 'Succeeded'
    const output = recordedBy(attempt, outcome) ?? outcome.output
    if (output !== undefined) node.output = output
    delete node.message
    return
  }
  const outcomes = node.attempts.flatMap((one) => one.outcome ?? [])
  const decision = decideRetry(node.retry, outcomes)
  const text = outcome.message ?? outcome.reason ?? outcome.type
  if (decision.retry && !state.closing) {
    node.phase = 'Pending'
    node.retryAt = at + decision.delayMs
    node.message = `${text}; ${decision.because}`
  } else {
    node.phase = outcome.type === 'cancelled' ? 'Cancelled' : 'Failed'
    node.message = text
    // Whoever deletes the run object means the run.
    if (outcome.type === 'cancelled') state.closing ??= { as: 'Cancelled', message: text, step: 'requested' }
  }
}

/** Kubernetes may have tried again by itself: what a pod said that failed afterwards does not count. */
function recordedBy({ recorded }: AttemptState, { pod }: Outcome): Json | undefined {
  const isOther = recorded?.pod !== undefined && pod !== undefined && recorded.pod !== pod
  return isOther ? undefined : recorded?.output
}

/** Recorded by a pod of an attempt that runs: a stale attempt's word does not count. */
function outputRecorded(
  state: RunState,
  { node: id, attempt: number, output, pod }: Extract<Event, { type: 'outputRecorded' }>,
): void {
  const node = own(state.nodes, id)
  const attempt = node && lastAttempt(node)
  if (!node || attempt?.number !== number) return
  attempt.recorded = pod === undefined ? { output } : { output, pod }
  // The end of its Job was faster than the message that its job had sent before.
  if (node.phase !== 'Succeeded' || !attempt.outcome) return
  const counted = recordedBy(attempt, attempt.outcome)
  if (counted !== undefined) node.output = counted
}

function serviceKept(state: RunState, id: string, turn: number, at: number): void {
  const node = own(state.nodes, id)
  if (!node || !isService(node) || isFinal(node.phase)) return
  node.phase = 'Running'
  node.watched = true
  node.turn = turn
  if (node.attempts.length === 0) node.attempts.push({ number: 1, startedAt: at })
}

function serviceChanged(state: RunState, id: string, turn: number, change: ServiceChange, at: number): void {
  const node = own(state.nodes, id)
  if (!node || !isService(node) || node.turn !== turn || isFinal(node.phase)) return
  node.watched = false
  node.ready = change.type === 'ready'
  delete node.message
  if (change.message !== undefined) node.message = change.message
  const attempt = lastAttempt(node)
  if (!attempt || change.type === 'ready' || change.type === 'unready') return
  const told = change.message === undefined ? {} : { message: change.message }
  attempt.endedAt = at
  attempt.outcome = { type: change.type === 'gone' ? 'cancelled' : 'refused', ...told }
  node.phase = change.type === 'gone' ? 'Cancelled' : 'Failed'
  // Whoever deletes the run object means the run.
  if (change.type === 'gone')
    state.closing ??= {
      as: 'Cancelled',
      message: change.message ?? 'the run object was deleted',
      step: 'requested',
    }
}

function chosen(plan: Plan, state: RunState, id: string, next: string | undefined): void {
  const node = own(state.nodes, id)
  if (node?.type !== 'branch') return
  takeInput(plan, state, node)
  if (next === undefined) {
    node.phase = 'Failed'
    node.message = 'no condition holds for its input'
    return
  }
  node.phase = 'Succeeded'
  node.chosen = next
  node.message = `chose ${next}`
  node.output = node.input ?? {}
}

function opened(plan: Plan, state: RunState, id: string): void {
  const node = own(state.nodes, id)
  if (node?.type !== 'parallel') return
  takeInput(plan, state, node)
  node.phase = 'Running'
}

/** What its children have to hand on comes together under their names. */
function parallelClosed(state: RunState, id: string): void {
  const node = own(state.nodes, id)
  if (node?.type !== 'parallel') return
  const children = Object.values(state.nodes).filter(({ parent }) => parent === id)
  for (const child of children) if (child.phase === 'Pending') skip(state, child)
  const failed = children.filter(({ phase }) => phase === 'Failed')
  node.phase = failed.length > 0 ? 'Failed' : 'Succeeded'
  if (failed.length > 0) {
    node.message = `failed within it: ${failed.map((child) => child.id).join(', ')}`
    return
  }
  const output = Object.fromEntries(
    children.flatMap((child) => (child.output === undefined ? [] : [[child.id, child.output]])),
  )
  const bytes = jsonBytes(output)
  if (bytes <= MAX_MERGED_BYTES) node.output = output
  else {
    node.phase = 'Failed'
    node.message = `the outputs within it have ${bytes} bytes together and may have ${MAX_MERGED_BYTES}`
  }
}

/** What is handed on as one must fit a message of Temporal's, which ends at 2 MiB. */
const MAX_MERGED_BYTES = 1024 * 1024

/** Its turn did not come and will not, nor that of anything within it. */
function skip(state: RunState, node: NodeState): void {
  node.phase = 'Skipped'
  node.message = notReached
  if (node.type !== 'parallel') return
  for (const child of Object.values(state.nodes))
    if (child.parent === node.id && child.phase === 'Pending') skip(state, child)
}

const notReached = 'never started: nothing led to it'

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
  if (node && isJob(node)) clearRetry(node)
}

function clearRetry(node: JobNodeState): void {
  delete node.retryAt
  delete node.sleeping
}

function closed(state: RunState, at: number): void {
  if (!state.closing) return
  state.closing.step = 'done'
  const { message } = state.closing
  for (const node of Object.values(state.nodes)) {
    if (isFinal(node.phase)) continue
    const attempt = lastAttempt(node)
    if (attempt && !attempt.outcome) {
      attempt.outcome = { type: 'cancelled', message }
      attempt.endedAt = at
    }
    const hasStarted = attempt !== undefined || node.phase === 'Running'
    node.phase = hasStarted ? 'Cancelled' : 'Skipped'
    node.message = hasStarted ? message : `never started: ${message}`
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
    if (isJob(node)) clearRetry(node)
  }
}

function neverStarted(state: RunState, { needs, join, parent }: NodeState): string {
  if (state.phase === 'Cancelled') return `never started: ${state.message ?? 'the run was cancelled'}`
  if (join === 'any' || parent !== undefined) return notReached
  const unknown = needs.filter((need) => !own(state.nodes, need) && !own(state.fleets, need))
  if (unknown.length > 0) return `never started: it needs ${unknown.join(', ')}, which does not exist`
  return 'never started: the run failed before its turn'
}
