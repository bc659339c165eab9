import { attemptName } from '../../src/model/object-names.ts'
import type { JobListStatus, JobStatusEntry } from '../../src/model/object-status.ts'
import type { Plan } from '../../src/model/plan.ts'
import {
  type AttemptState,
  isJob,
  type JobNodeState,
  lastAttempt,
  type NodeState,
  nodesOf,
  type RunState,
} from '../state.ts'

/** Further entries are left out of the object's status: the limit of an object in etcd is 1.5 MiB. */
const MAX_ENTRIES = 2_000

/**
 * The status of a JobFlow or DaemonJob in its own format. As the format requires, `state` is Failed as soon
 * as one Job failed, even while others run. The ends of those are still recorded.
 */
export function jobListStatus(plan: Plan, state: RunState): JobListStatus {
  const nodes = nodesOf(state)
  const started = nodes
    .filter(isJob)
    .filter(({ attempts }) => attempts.length > 0)
    .slice(0, MAX_ENTRIES)
  const failed = nodes.find(({ phase }) => phase === 'Failed')
  const message = state.message ?? failed?.message
  return {
    state: stateWord(state, nodes),
    ...(state.phase === 'Cancelled' ? { reason: 'Cancelled' } : {}),
    ...(message === undefined ? {} : { message }),
    jobStatusList: Object.fromEntries(started.map((node) => entry(plan, node))),
  }
}

/** The format has no state for cancelled. Clients that wait for an end must see one: Failed with a reason. */
function stateWord(state: RunState, nodes: readonly NodeState[]): JobListStatus['state'] {
  if (state.phase === 'Succeeded') return 'Succeed'
  if (state.phase !== undefined) return 'Failed'
  if (state.closing) return 'Terminating'
  if (nodes.some(({ phase }) => phase === 'Failed')) return 'Failed'
  return nodes.some(({ phase }) => phase === 'Running' || phase === 'Succeeded') ? 'Running' : 'Pending'
}

function entry(plan: Plan, node: JobNodeState): [string, JobStatusEntry] {
  const attempt = lastAttempt(node)
  const job = attemptName(node.objectName, attempt?.number ?? 1)
  return [`${job}/${plan.namespace}`, attempt ? jobStatus(attempt) : {}]
}

function jobStatus({ outcome, startedAt, endedAt }: AttemptState): JobStatusEntry {
  const startTime = outcome?.startedAt ?? new Date(startedAt).toISOString()
  if (!outcome) return { active: 1, startTime }
  if (outcome.type === 'succeeded') {
    const completionTime = outcome.endedAt ?? new Date(endedAt ?? startedAt).toISOString()
    return { succeeded: 1, startTime, completionTime, conditions: [{ type: 'Complete', status: 'True' }] }
  }
  const reason = outcome.reason ?? outcome.type
  const told = outcome.message === undefined ? {} : { message: outcome.message }
  return { failed: 1, startTime, conditions: [{ type: 'Failed', status: 'True', reason, ...told }] }
}
