import type { Outcome } from '../../workflows/outcome.ts'
import type { Condition, Facts, PodFacts } from './facts.ts'
import { called, failedPod, imageMessage, onNode } from './failed-pod.ts'

/** Reasons of a waiting container that no waiting mends. */
const hopelessImage = new Set(['InvalidImageName', 'ErrImageNeverPull'])
const missingImage = new Set(['ImagePullBackOff', 'ErrImagePull'])
/** A registry may be away for a while; an image that is not there after this long is a mistake to report. */
export const IMAGE_PATIENCE_MS = 15 * 60_000

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
  if (!job.serial || !pod || pod.deletedBy !== undefined || job.failureTarget) return undefined
  if (pod.waiting && isImageHopeless(pod, nowMs)) {
    return { type: 'image', reason: pod.waiting.reason, message: imageMessage(pod.waiting), ...place(pod) }
  }
  if (!job.singlePod) return undefined
  if (pod.phase === 'Succeeded') return { type: 'succeeded', ...times(job, pod), ...place(pod), ...left(pod) }
  if (pod.phase === 'Failed') return { ...failedPod(pod), ...times(job, pod), ...place(pod) }
  if (isStranded(pod, nowMs)) return { ...stranded, message: onNode(stranded.message, pod), ...place(pod) }
  return isOverdueUnaccepted(job, pod, nowMs) ? neverAccepted(job, pod) : undefined
}

/** A sandbox that is made anew is there within seconds; a kubelet that does not begin within this never will. */
const STRANDED_MS = 60_000

/** Kubelets never go on with such a pod, as its containers may not run twice, nor do they ever say that it failed. */
const isStranded = ({ sandboxLostSince }: PodFacts, nowMs: number): boolean =>
  sandboxLostSince !== undefined && nowMs - Date.parse(sandboxLostSince) > STRANDED_MS

/** Of an attempt whose pod cannot go on and does not end. */
const SANDBOX_LOST = 'SandboxLost'

const stranded = {
  type: 'lost',
  reason: SANDBOX_LOST,
  message: 'its cluster node was restarted between two of its containers, and the pod cannot go on',
} as const

/** A pod's own deadline counts from when a kubelet takes it; one that nobody takes would wait beyond it. */
function isOverdueUnaccepted(
  { podDeadlineS, startedAt }: Facts['job'],
  pod: PodFacts,
  nowMs: number,
): boolean {
  // Elsewhere a pod that queues may queue, as Kubernetes has it; for steps the time is that of the whole attempt.
  if (!pod.steps || podDeadlineS === undefined || startedAt === undefined || pod.acceptedAt !== undefined)
    return false
  return nowMs - Date.parse(startedAt) > podDeadlineS * 1_000 + CLOCKS_MS
}

/** Of an attempt that is given up while its pod still waits for a cluster node. */
const NEVER_STARTED = 'NeverStarted'
/** Our clock and the cluster's are not the same. */
const CLOCKS_MS = 3_000

/** Whether it is us who end it, because of the time that has passed: its Job is still alive. */
export const isGivenUp = ({ type, reason }: Outcome): boolean =>
  type === 'image' || reason === SANDBOX_LOST || reason === NEVER_STARTED

const neverAccepted = ({ podDeadlineS }: Facts['job'], pod: PodFacts): Outcome => ({
  type: 'timedOut',
  reason: NEVER_STARTED,
  message: `its pod did not start within ${podDeadlineS}s${pod.unschedulable ? `: no cluster node takes it: ${pod.unschedulable}` : ''}`,
  ...place(pod),
})

/** What a pod that succeeded leaves to be told. */
const left = (pod: PodFacts | undefined): Pick<Outcome, 'output' | 'steps'> => ({
  ...(pod?.output === undefined ? {} : { output: pod.output }),
})

function isImageHopeless({ waiting, waitingSince }: PodFacts, nowMs: number): boolean {
  const reason = waiting?.reason ?? ''
  if (hopelessImage.has(reason)) return true
  return (
    missingImage.has(reason) &&
    waitingSince !== undefined &&
    nowMs - Date.parse(waitingSince) > IMAGE_PATIENCE_MS
  )
}

/** A Job that has failed but waits for a pod whose kubelet will never report again (DJ-4) has waited enough. */
function isOverdue(pod: PodFacts | undefined, nowMs: number): boolean {
  if (!pod) return true
  return pod.deletedBy !== undefined && Date.parse(pod.deletedBy) < nowMs
}

function failedJob(
  condition: Condition,
  { job, pod }: { job: Facts['job']; pod: PodFacts | undefined },
  isSettled: boolean | undefined,
): Outcome | undefined {
  const at = { ...times(job, pod), ...place(pod) }
  const told = condition.message === undefined ? {} : { message: condition.message }
  if (condition.reason === 'DeadlineExceeded') {
    return { type: 'timedOut', reason: condition.reason, ...told, ...at }
  }
  // Somebody deleted it: that its containers then died of a signal says nothing about the job.
  if (pod && isTakenAway(pod))
    return { type: 'lost', reason: 'PodDeleted', message: 'its pod was deleted before it ended', ...at }
  if (hasNotEnded(pod) && !isSettled) return undefined
  // The pod knows more than "backoff limit reached", as long as its end was its own or the cluster's doing.
  if (pod && (pod.phase === 'Failed' || pod.disruption)) return { ...failedPod(pod), ...at }
  if (!pod || pod.deletedBy !== undefined) {
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
  !pod || (pod.phase !== 'Failed' && pod.phase !== 'Succeeded' && !pod.deletedBy && !pod.disruption)

const isTakenAway = (pod: PodFacts): boolean =>
  pod.deletedBy !== undefined && !pod.disruption && !pod.endedBeforeDeletion

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
