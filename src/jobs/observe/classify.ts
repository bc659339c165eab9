import type { Outcome } from '../../model/outcome.ts'
import type { Condition, Facts, PodFacts } from './facts.ts'
import { called, failedPod } from './failed-pod.ts'
import { giveUp } from './give-up.ts'

/**
 * classify: Facts → Outcome, or undefined while the attempt may still end otherwise. `nowMs` is only compared
 * with limits of minutes: a pod that should have ended long ago, an image that cannot be had.
 *
 * A pod decides only where it is safe: a Job of one pod, and a pod that nobody deletes (a pod that dies by
 * deletion tells nothing about why; the Job's condition will). Everything else waits for `Complete` or `Failed`.
 */
export function classify(facts: Facts, nowMs: number): Outcome | undefined {
  const outcome = judge(facts, nowMs)
  const again = facts.pod && startedAgain(facts.pod)
  if (!outcome || !again) return outcome
  return { ...outcome, message: outcome.message === undefined ? again : `${outcome.message}; ${again}` }
}

/** Kubernetes promises at least one start, and a person must know when it may have been two. */
function startedAgain(pod: PodFacts): string | undefined {
  if (!pod.startedAgain) return undefined
  const who = pod.startedAgain.map((container) => called(container, pod)).join(', ')
  return `${who} may have run twice: its cluster node has started it again, not knowing of the first time`
}

function judge({ job, pod, isSettled }: Facts, nowMs: number): Outcome | undefined {
  // Lists and watches of Jobs and pods are two: what the pod left may be yet to be told.
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

/** What a pod that succeeded leaves to be told. */
const left = (pod: PodFacts | undefined): Pick<Outcome, 'output' | 'steps'> => ({
  ...(pod?.output === undefined ? {} : { output: pod.output }),
})

/** A Job that has failed but waits for a pod whose kubelet will never report again (DJ-4) has waited enough. */
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
  // Somebody deleted it: that its containers then died of a signal says nothing about the job.
  if (pod && isTakenAway(pod))
    return { type: 'lost', reason: 'PodDeleted', message: 'its pod was deleted before it ended', ...at }
  // The pod knows more than "backoff limit reached", as long as its end was its own or the cluster's doing.
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

/** As far as we know: a pod that goes away has nothing more to tell. */
const hasNotEnded = (pod: PodFacts | undefined): boolean =>
  !pod || (pod.phase !== 'Failed' && pod.phase !== 'Succeeded' && !pod.deletionDeadline && !pod.disruption)

const isTakenAway = (pod: PodFacts): boolean =>
  pod.deletionDeadline !== undefined && !pod.disruption && !pod.endedBeforeDeletion

/** Both ends by the cluster's clock, or neither. */
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
