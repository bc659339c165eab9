import { isJsonObject, own } from '../../../lib/json.ts'
import type { Heartbeat, LiveFacts } from '../../../model/messages/heartbeat.ts'
import { isOutcome } from '../../../model/outcome.ts'
import type { NodePhase } from '../../../model/phase.ts'
import type { AttemptStatus, NodeStatus, RunStatus } from '../../../model/run-status.ts'
import { endOf } from '../../../model/run-status.ts'

type Live = Required<Pick<Heartbeat, 'live' | 'outcomes'>>

/**
 * Merges the live state of open attempts, from heartbeats, into the status that the run reports.
 *
 * Only attempts that have not ended are changed: what is recorded is newer than any heartbeat. A Job that has
 * ended in the cluster and not yet in the run stays `Running`, because the run decides its outcome. A member
 * of a fleet whose end is in a heartbeat is shown as ended while others still run.
 */
export function mergeLiveStatus(status: RunStatus, live: Live): RunStatus {
  const nodes = status.nodes.map((node) => overlayNode(node, live))
  // The Task format has no status until its pod runs.
  const isWaiting = nodes.every(({ attempts }) => attempts.every(({ phase }) => phase === 'Pending'))
  if ('status' in status.objectStatus && status.phase === 'Running' && isWaiting)
    return { ...status, objectStatus: { status: '' }, nodes }
  const waiting = nodes.find(
    ({ type, phase, message }) => type === 'service' && phase === 'Pending' && message,
  )
  // A run that is still pending shows first why.
  return status.phase === 'Pending' && status.message === undefined && waiting
    ? { ...status, message: `${waiting.id}: ${waiting.message}`, nodes }
    : { ...status, nodes }
}

function overlayNode(node: NodeStatus, live: Live): NodeStatus {
  const last = node.attempts.at(-1)
  if (!last || !isOpen(node.phase) || !isOpen(last.phase)) return node
  const job = last.object.name
  const outcome = own(live.outcomes, job)
  const facts = own(live.live, job)
  if (!outcome && !facts && last.object.kind !== 'Job') return node
  // A new Job is not in any heartbeat yet.
  const attempt = outcome ? { ...last, ...endOf(outcome) } : overlayFacts(last, facts ?? { phase: 'Pending' })
  // A service's recorded message is older than the live state of its pods.
  const message = node.type === 'service' ? attempt.message : (node.message ?? attempt.message)
  return {
    ...node,
    // A Job is Pending for a moment before its first container starts. That is not worth showing.
    phase: attempt.phase === 'Pending' && attempt.message === undefined ? 'Running' : attempt.phase,
    ...(message === undefined ? {} : { message }),
    attempts: [...node.attempts.slice(0, -1), attempt],
  }
}

function overlayFacts(attempt: AttemptStatus, facts: LiveFacts): AttemptStatus {
  const { phase, ...rest } = facts
  return { ...attempt, ...rest, phase: phase === 'Pending' ? 'Pending' : 'Running' }
}

const isOpen = (phase: NodePhase): boolean => phase === 'Pending' || phase === 'Running'

/** Heartbeat details may come from a worker of any version: entries of another shape are left out. */
export function mergeLive(details: readonly unknown[]): Live {
  const merged: Live = { live: {}, outcomes: {} }
  for (const { live, outcomes } of details.filter(isJsonObject)) {
    take(live, isLiveFacts, merged.live)
    take(outcomes, isOutcome, merged.outcomes)
  }
  return merged
}

function take<T>(from: unknown, isOne: (value: unknown) => value is T, into: Record<string, T>): void {
  if (!isJsonObject(from)) return
  for (const [job, value] of Object.entries<unknown>(from)) if (isOne(value)) into[job] = value
}

const isLiveFacts = (value: unknown): value is LiveFacts =>
  isJsonObject(value) && ['Pending', 'Running', 'Ended'].includes(String(value.phase))
