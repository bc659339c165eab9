import type { LiveDetails, LiveFacts } from '../../workflows/messages.ts'
import type { AttemptStatus, NodePhase, NodeStatus, RunStatus } from '../../workflows/status.ts'
import { isJsonObject } from '../json.ts'

/**
 * Lays what the cluster shows of waiting attempts over the status that the run itself knows.
 *
 * Only attempts that have not ended are touched: what is recorded is newer than any heartbeat. A Job that has
 * ended in the cluster and not yet in the run stays `Running`, since its outcome is the run's to say.
 */
export function overlayLive(status: RunStatus, live: LiveDetails): RunStatus {
  return { ...status, nodes: status.nodes.map((node) => overlayNode(node, live)) }
}

function overlayNode(node: NodeStatus, live: LiveDetails): NodeStatus {
  if (!isOpen(node.phase) || !node.attempts.some((attempt) => factsOf(attempt, live))) return node
  const attempts = node.attempts.map((attempt) => overlayAttempt(attempt, factsOf(attempt, live)))
  const waiting = attempts.find(({ phase, message }) => phase === 'Pending' && message !== undefined)
  const message = node.message ?? waiting?.message
  return {
    ...node,
    phase: attempts.every(({ phase }) => phase === 'Pending') ? 'Pending' : 'Running',
    ...(message === undefined ? {} : { message }),
    attempts,
  }
}

const factsOf = (attempt: AttemptStatus, live: LiveDetails): LiveFacts | undefined =>
  isOpen(attempt.phase) && Object.hasOwn(live, attempt.object.name) ? live[attempt.object.name] : undefined

function overlayAttempt(attempt: AttemptStatus, facts: LiveFacts | undefined): AttemptStatus {
  if (!facts) return attempt
  return {
    ...attempt,
    phase: facts.phase === 'Pending' ? 'Pending' : 'Running',
    ...(facts.message === undefined ? {} : { message: facts.message }),
    ...(facts.pod === undefined ? {} : { pod: facts.pod }),
    ...(facts.clusterNode === undefined ? {} : { clusterNode: facts.clusterNode }),
    ...(facts.startedAt === undefined ? {} : { startedAt: facts.startedAt }),
  }
}

const isOpen = (phase: NodePhase): boolean => phase === 'Pending' || phase === 'Running'

/** Heartbeat details come from whatever worker is out there: what is not of our shape is left out. */
export function mergeLive(details: readonly unknown[]): LiveDetails {
  const live: LiveDetails = {}
  for (const detail of details.filter(isJsonObject)) {
    for (const [job, facts] of Object.entries<unknown>(detail)) if (isLiveFacts(facts)) live[job] = facts
  }
  return live
}

const isLiveFacts = (value: unknown): value is LiveFacts =>
  isJsonObject(value) && ['Pending', 'Running', 'Ended'].includes(String(value.phase))
