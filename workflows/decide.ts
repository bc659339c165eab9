/**
 * decide: what a run does next, from its plan and its state alone.
 *
 * The rules, in order: a cancelled run deletes what it made and ends; nodes start when all they need has
 * succeeded; after a failure nothing new starts, but what runs goes on and is recorded; when nothing is under
 * way any more and something failed, the failure handler runs; then the run ends.
 * Calling it again after its commands were issued gives no command twice: `apply` marks each as issued.
 */
import { isDeferred, type Plan } from '../src/plan/plan.ts'
import type { Attempt, Command } from './event.ts'
import { failureEnv } from './failure-env.ts'
import { attemptName } from './names.ts'
import { bodyOf, type NodeState, own, type RunState } from './state.ts'

/** Pending attempts of one workflow: the server blocks the run beyond 2,000 activities, so stay well below. */
export const MAX_PENDING = 500
/** Members of a fleet that one activity creates and awaits. */
export const FLEET_BLOCK = 250

export function decide(plan: Plan, state: RunState): Command[] {
  if (state.phase) return []
  if (state.cancel === 'requested') return [{ type: 'deleteObjects' }]
  if (state.cancel === 'deleting') return []
  if (state.cancel === 'done')
    return [{ type: 'finish', phase: 'Cancelled', message: 'the run was cancelled' }]
  const failed = hasFailed(plan, state)
  const commands = [...(failed ? [] : startNodes(plan, state)), ...startMembers(state, failed)]
  if (commands.length > 0 || isUnderWay(state, failed)) return commands
  return conclude(plan, state, failed)
}

/** A graph node has failed for good; members of a fleet do not stop each other, only what follows the fleet. */
function hasFailed(plan: Plan, state: RunState): boolean {
  return Object.values(state.nodes).some(
    ({ id, phase, fleet }) => phase === 'Failed' && !fleet && id !== plan.onFailure?.id,
  )
}

function startNodes(plan: Plan, state: RunState): Command[] {
  const nodes = Object.values(state.nodes)
  const running = nodes.filter(({ phase, fleet }) => phase === 'Running' && !fleet).length
  let room = MAX_PENDING - running - state.asked.filter((job) => !own(state.found, job)).length
  const asking = new Set(state.asked)
  return [
    ...nodes.flatMap((node): Command[] => {
      if (node.phase !== 'Pending' || node.fleet || !needsMet(state, node.needs)) return []
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
      return [{ type: 'startJob', attempt: nextAttempt(node), job: node.job, env: [] }]
    }),
    ...Object.entries(state.fleets).flatMap(([fleet, { phase, needs }]): Command[] =>
      phase === 'waiting' && needsMet(state, needs) ? [{ type: 'listClusterNodes', fleet }] : [],
    ),
  ]
}

/** All members that can start, in blocks; a member that failed does not stop its sisters. */
function startMembers(state: RunState, failed: boolean): Command[] {
  if (failed) return []
  return Object.entries(state.fleets).flatMap(([fleet, { members }]): Command[] => {
    const nodes = members.flatMap((id) => state.nodes[id] ?? []).filter(({ phase }) => phase === 'Pending')
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

const sleepFor = (node: NodeState): Command[] =>
  node.retryAt === undefined || node.sleeping ? [] : [{ type: 'sleep', node: node.id, untilMs: node.retryAt }]

function nextAttempt(node: NodeState): Attempt {
  const number = node.attempts.length + 1
  const attempt = { node: node.id, number, objectName: attemptName(node.objectName, number) }
  return node.clusterNode === undefined ? attempt : { ...attempt, clusterNode: node.clusterNode }
}

/** A need is a node or a whole fleet; one that is neither is never met. */
function needsMet(state: RunState, needs: readonly string[]): boolean {
  return needs.every((need) => {
    const fleet = own(state.fleets, need)
    if (!fleet) return own(state.nodes, need)?.phase === 'Succeeded'
    return fleet.phase === 'open' && fleet.members.every((id) => state.nodes[id]?.phase === 'Succeeded')
  })
}

/** After a failure only running attempts are waited for: a missing template or a retry no longer holds the run. */
function isUnderWay(state: RunState, failed: boolean): boolean {
  const nodes = Object.values(state.nodes)
  if (nodes.some(({ phase }) => phase === 'Running')) return true
  if (failed) return false
  return (
    nodes.some(({ retryAt }) => retryAt !== undefined) ||
    state.asked.some((job) => !own(state.found, job)) ||
    Object.values(state.fleets).some(({ phase }) => phase === 'listing')
  )
}

function conclude(plan: Plan, state: RunState, failed: boolean): Command[] {
  const graph = Object.values(state.nodes).filter(({ id }) => id !== plan.onFailure?.id)
  const succeeded = !failed && graph.every(({ phase }) => phase === 'Succeeded')
  if (succeeded) return [{ type: 'finish', phase: 'Succeeded' }]
  const message = failureMessage(graph)
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
  const [first] = failed
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
