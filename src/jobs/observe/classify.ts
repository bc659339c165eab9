import type { Outcome } from '../../model/outcome.ts'
import type { Condition, Facts, PodFacts } from './facts.ts'
import { called, failedPod } from './failed-pod.ts'
import { giveUp } from './give-up.ts'

/**
 * classify: Facts → Outcome, or undefined while the attempt may still end otherwise. `nowMs` is compared only
 * with limits of minutes: a pod that should have ended long ago, an image that cannot be pulled.
 *
 * A pod decides only where it is safe: it is the only pod of its Job, and nobody deletes it. (The end of a
 * deleted pod does not show why; the Job's condition does.) Everything else waits for `Complete` or `Failed`.
 */
export function classify(facts: Facts, nowMs: number): Outcome | undefined {
  const outcome = judge(facts, nowMs)
  const again = facts.pod && startedAgain(facts.pod)
  if (!outcome || !again) return outcome
  return { ...outcome, message: outcome.message === undefined ? again : `${outcome.message}; ${again}` }
}

/** Kubernetes guarantees at least one start; the message must say when there may have been two. */
function startedAgain(pod: PodFacts): string | undefined {
  if (!pod.startedAgain) return undefined
  const who = pod.startedAgain.map((container) => called(container, pod)).join(', ')
  return `${who} may have run twice: its cluster node lost track of the first start and started it again`
}

function judge({ job, pod, isSettled }: Facts, nowMs: number): Outcome | undefined {
  // Jobs and pods have separate informers: the end of the pod may not have arrived yet.
  if (job.complete && pod?.phase !== 'Succeeded' && !isSettled) return undefined
  if (job.complete) return { type: 'succeeded', ...times(job, pod), ...place(pod), ...left(pod) }
  if (job.failed) return failedJob(job.failed, { job, pod }, isSettled)
  if (job.failureTarget && isOverdue(pod, nowMs)) return failedJob(job.failureTarget, { job, pod }, isSettled)
  if (!job.serial || !pod || pod.deletionDeadline !== undefined || job.failureTarget) return undefined
  const givenUp = giveUp(job, pod, nowMs)
  if (givenUp) return { ...givenUp, ...place(pod) }
  if (!job.singlePod) return undefined
  if (pod.phase === 'Succeeded') return { type: 'succeeded', ...times(job, pod), ...place(pod), ...left(pod) }
  if (pod.phase === 'Failed') return { ...failedPod(pod), ...times(job, pod), ...place(pod) }
  return undefined
}

/** The output of a pod that succeeded. */
const left = (pod: PodFacts | undefined): Pick<Outcome, 'output' | 'steps'> => ({
  ...(pod?.output === undefined ? {} : { output: pod.output }),
})

/** A failed Job does not wait longer for a pod whose kubelet will never report again (DJ-4). */
function isOverdue(pod: PodFacts | undefined, nowMs: number): boolean {
  if (!pod) return true
  return pod.deletionDeadline !== undefined && Date.parse(pod.deletionDeadline) < nowMs
}

function failedJob(
  condition: Condition,
  { job, pod }: { job: Facts['job']; pod: PodFacts | undefined },
  isSettled: boolean | undefined,
): Outcome | undefined {
  if (hasNotEnded(pod) && !isSettled) return undefined
  const at = { ...times(job, pod), ...place(pod) }
  const told = condition.message === undefined ? {} : { message: condition.message }
  if (condition.reason === 'DeadlineExceeded') {
    return { type: 'timedOut', reason: condition.reason, ...told, ...at }
  }
  // Somebody deleted the pod: the signal that then ended its containers says nothing about the job.
  if (pod && isTakenAway(pod))
    return { type: 'lost', reason: 'PodDeleted', message: 'its pod was deleted before it ended', ...at }
  // The pod says more than "backoff limit reached", if it ended by itself or the cluster ended it.
  if (pod && (pod.phase === 'Failed' || pod.disruption)) return { ...failedPod(pod), ...at }
  if (!pod || pod.deletionDeadline !== undefined) {
    return {
      type: 'lost',
      reason: condition.reason ?? 'PodGone',
      message: 'its pod was deleted before it ended',
      ...at,
    }
  }
  return { type: 'failed', ...(condition.reason ? { reason: condition.reason } : {}), ...told, ...at }
}

/** As far as is known. A pod that is being deleted has nothing more to report. */
const hasNotEnded = (pod: PodFacts | undefined): boolean =>
  !pod || (pod.phase !== 'Failed' && pod.phase !== 'Succeeded' && !pod.deletionDeadline && !pod.disruption)

const isTakenAway = (pod: PodFacts): boolean =>
  pod.deletionDeadline !== undefined && !pod.disruption && !pod.endedBeforeDeletion

/** Both times by the cluster's clock, or neither. */
function times(job: Facts['job'], pod: PodFacts | undefined): { startedAt?: string; endedAt?: string } {
  if (job.singlePod && pod?.startedAt && pod.endedAt)
    return { startedAt: pod.startedAt, endedAt: pod.endedAt }
  const endedAt = job.completedAt ?? job.failed?.at
  return job.startedAt && endedAt ? { startedAt: job.startedAt, endedAt } : {}
}

const place = (pod: PodFacts | undefined): Pick<Outcome, 'pod' | 'clusterNode' | 'steps'> =>
  pod
    ? {
        pod: pod.name,
        ...(pod.clusterNode ? { clusterNode: pod.clusterNode } : {}),
        ...(pod.steps ? { steps: pod.steps } : {}),
      }
    : {}
