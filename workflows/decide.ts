/**
 * decide: what a run does next, from its plan and its state alone.
 *
 * The rules, in order: a run that is being closed deletes what it made and ends; nodes start when their turn has
 * come; after a failure nothing new starts (or, where the plan says so, nothing that follows it), but what runs
 * goes on and is recorded; when nothing is under way any more and something failed, the failure handler runs;
 * then the run ends. Services never end by themselves, so a run with one ends by being closed.
 * Calling it again after its commands were issued gives no command twice: `apply` marks each as issued.
 */
import { holds } from '../src/notation/condition.ts'
import { isDeferred, type Plan } from '../src/plan/plan.ts'
import { dataEnv } from './data-env.ts'
import type { Attempt, Command } from './event.ts'
import { failureEnv } from './failure-env.ts'
import { attemptName } from './names.ts'
import { isSuccess } from './outcome.ts'
import {
  bodyOf,
  type GateNodeState,
  isJob,
  isService,
  type JobNodeState,
  lastAttempt,
  type NodeState,
  own,
  type RunState,
  retryAtOf,
} from './state.ts'
import { inputOf, isSettled, isTurn, needsMet } from './turn.ts'

/** Pending attempts of one workflow: the server blocks the run beyond 2,000 activities, so stay well below. */
export const MAX_PENDING = 500
/** Members of a fleet that one activity creates and awaits. */
export const FLEET_BLOCK = 250

export function decide(plan: Plan, state: RunState): Command[] {
  if (state.phase) return []
  if (state.closing) return close(state.closing)
  if (plan.cancelled) {
    const { reason, message } = plan.cancelled
    return [{ type: 'finish', phase: 'Cancelled', message: `${reason}: ${message}` }]
  }
  const failed = hasFailed(plan, state)
  const stopped = failed && !plan.continueOnFailure
  const commands = [
    ...(stopped ? [] : startNodes(plan, state)),
    ...(stopped ? [] : closeParallels(state)),
    ...startMembers(state, failed),
  ]
  if (commands.length > 0 || isUnderWay(state, stopped)) return commands
  return conclude(plan, state, failed)
}

function close({ as, message, step }: NonNullable<RunState['closing']>): Command[] {
  if (step === 'requested') return [{ type: 'deleteObjects' }]
  return step === 'deleting' ? [] : [{ type: 'finish', phase: as, message }]
}

/** A graph node has failed for good; members of a fleet do not stop each other, only what follows the fleet. */
function hasFailed(plan: Plan, state: RunState): boolean {
  return Object.values(state.nodes).some(
    (node) => node.phase === 'Failed' && !isMember(node) && node.id !== plan.onFailure?.id,
  )
}

/** It costs an activity while it runs; branches and parallels are decided here. */
const hasObject = (node: NodeState): boolean => isJob(node) || isService(node)

const isMember = (node: NodeState): boolean => isJob(node) && node.fleet !== undefined

function startNodes(plan: Plan, state: RunState): Command[] {
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

function closeParallels(state: RunState): Command[] {
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

/** All members that can start, in blocks; a member that failed does not stop its sisters. */
function startMembers(state: RunState, failed: boolean): Command[] {
  if (failed) return []
  return Object.entries(state.fleets).flatMap(([fleet, { members }]): Command[] => {
    const nodes = members
      .flatMap((id) => state.nodes[id] ?? [])
      .filter(isJob)
      .filter(({ phase }) => phase === 'Pending')
    const ready = nodes.filter(({ retryAt }) => retryAt === undefined)
    const job = ready[0]?.job
    const blocks: Command[] = []
    for (let at = 0; job !== undefined && at < ready.length; at += FLEET_BLOCK) {
      const attempts = ready.slice(at, at + FLEET_BLOCK).map(nextAttempt)
      blocks.push({ type: 'startFleet', fleet, attempts, job })
    }
    return [...blocks, ...nodes.flatMap(sleepFor)]
  })
}

const sleepFor = (node: JobNodeState): Command[] =>
  node.retryAt === undefined || node.sleeping ? [] : [{ type: 'sleep', node: node.id, untilMs: node.retryAt }]

function nextAttempt(node: JobNodeState): Attempt {
  const number = node.attempts.length + 1
  const fromStep = firstStep(node)
  return {
    node: node.id,
    number,
    objectName: attemptName(node.objectName, number),
    ...(node.clusterNode === undefined ? {} : { clusterNode: node.clusterNode }),
    ...(fromStep > 0 ? { fromStep } : {}),
    ...(node.apiAccess ? { apiAccess: true } : {}),
  }
}

/** Where a sequence goes on: at the first step that has not succeeded; from the start after a timeout. */
function firstStep({ steps, ...node }: JobNodeState): number {
  const last = lastAttempt(node)
  if (!steps || !last || last.outcome?.type === 'timedOut') return 0
  const from = last.fromStep ?? 0
  const bad = last.outcome?.steps?.find((step) => !isSuccess(step))
  if (!bad) return from
  const at = steps.findIndex(({ container }) => container === (bad.container ?? bad.name))
  return Math.max(at, from)
}

/** After a failure only running attempts are waited for: a missing template or a retry no longer holds the run. */
function isUnderWay(state: RunState, failed: boolean): boolean {
  const nodes = Object.values(state.nodes)
  // A service runs for ever: when something failed, it is not waited for but closed.
  if (nodes.some((node) => node.phase === 'Running' && !(failed && isService(node)))) return true
  if (failed) return false
  return (
    nodes.some((node) => retryAtOf(node) !== undefined) ||
    state.asked.some((job) => !own(state.found, job)) ||
    Object.values(state.fleets).some(({ phase }) => phase === 'listing')
  )
}

function conclude(plan: Plan, state: RunState, failed: boolean): Command[] {
  const graph = Object.values(state.nodes).filter(({ id }) => id !== plan.onFailure?.id)
  const isDone = ({ phase, join, parent }: NodeState): boolean =>
    phase === 'Succeeded' ||
    phase === 'Skipped' ||
    (phase === 'Pending' && (join === 'any' || parent !== undefined))
  if (!failed && graph.every(isDone)) return [{ type: 'finish', phase: 'Succeeded' }]
  const message = failureMessage(graph)
  // What a service has made stays until it is removed, whether it is one that failed or its sister.
  if (graph.some((node) => isService(node) && node.attempts.length > 0)) return [{ type: 'close', message }]
  if (plan.onFailure && !state.nodes[plan.onFailure.id]) return startHandler(plan, state, message)
  return [{ type: 'finish', phase: 'Failed', message }]
}

/** The handler runs once; when its own template is missing it is asked for, and the run waits. */
function startHandler(plan: Plan, state: RunState, message: string): Command[] {
  const handler = plan.onFailure
  if (!handler) return []
  const job = plan.jobs[handler.job]
  if (job && isDeferred(job) && !bodyOf(plan, state, handler.job)) {
    return state.asked.includes(handler.job) ? [] : [{ type: 'findTemplate', job: handler.job, ...job }]
  }
  const attempt = { node: handler.id, number: 1, objectName: handler.objectName }
  return [{ type: 'startJob', attempt, job: handler.job, env: failureEnv(plan, state, message) }]
}

/** The first failure in words, else what could never start and why. */
function failureMessage(graph: NodeState[]): string {
  const failed = graph.filter(({ phase }) => phase === 'Failed')
  // What failed within a parallel says more than the parallel.
  const [first] = [...failed.filter(({ type }) => type !== 'parallel'), ...failed]
  if (first) {
    const more = failed.length > 1 ? ` (and ${failed.length - 1} more failed)` : ''
    return `${first.id}: ${first.message ?? 'failed'}${more}`
  }
  const known = new Set(graph.map(({ id }) => id))
  const blocked = graph
    .filter(({ phase }) => phase === 'Pending')
    .flatMap(({ id, needs }) =>
      needs.filter((need) => !known.has(need)).map((need) => `${id} needs ${need}, which does not exist`),
    )
  return blocked.join('; ') || 'some nodes could never start'
}
