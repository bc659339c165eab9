import { isDeferred, type Plan } from '../../src/model/plan.ts'
import type { Command } from '../command.ts'
import { bodyOf, isService, type NodeState, nodesOf, type RunState } from '../state.ts'
import { failureEnv } from './failure-env.ts'

/** How the run ends, once nothing is running and nothing can start. */
export function conclude(plan: Plan, state: RunState, failed: boolean): Command[] {
  const graph = nodesOf(state).filter(({ id }) => id !== plan.onFailure?.id)
  const isDone = ({ phase, join, parent }: NodeState): boolean =>
    phase === 'Succeeded' ||
    phase === 'Skipped' ||
    (phase === 'Pending' && (join === 'any' || parent !== undefined))
  if (!failed && graph.every(isDone)) return [{ type: 'finish', phase: 'Succeeded' }]
  const message = failureMessage(graph)
  // The objects of a started service remain until the run is closed, whichever node failed.
  if (graph.some((node) => isService(node) && node.attempts.length > 0)) return [{ type: 'close', message }]
  if (plan.onFailure && !state.nodes[plan.onFailure.id]) return startErrorHandler(plan, state, message)
  return [{ type: 'finish', phase: 'Failed', message }]
}

/** The failure handler (ErrorHandler) runs once. While its own template is missing, the run waits for it. */
function startErrorHandler(plan: Plan, state: RunState, message: string): Command[] {
  const handler = plan.onFailure
  if (!handler) return []
  const job = plan.jobs[handler.job]
  if (job && isDeferred(job) && !bodyOf(plan, state, handler.job)) {
    return state.asked.includes(handler.job) ? [] : [{ type: 'findTemplate', job: handler.job, ...job }]
  }
  const { id: node, objectName, apiAccess } = handler
  const attempt = { node, number: 1, objectName, ...(apiAccess ? { apiAccess } : {}) }
  return [{ type: 'startJob', attempt, job: handler.job, env: failureEnv(plan, state, message) }]
}

/** The message of the first failure, else which nodes could never start and why. */
function failureMessage(graph: NodeState[]): string {
  const failed = graph.filter(({ phase }) => phase === 'Failed')
  // A node within a parallel says more about the failure than the parallel.
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
