import type { Outcome } from '../../model/outcome.ts'
import type { JobFacts, PodFacts } from './facts.ts'
import { imageMessage, onNode } from './failed-pod.ts'

/** Reasons of a waiting container that no waiting mends. */
const hopelessImage = new Set(['InvalidImageName', 'ErrImageNeverPull'])
const missingImage = new Set(['ImagePullBackOff', 'ErrImagePull'])
/** A registry may be away for a while; an image that is not there after this long is a mistake to report. */
export const IMAGE_PATIENCE_MS = 15 * 60_000

/**
 * What time alone decides: the end of an attempt that would go on waiting for ever, by what was last seen of its
 * pod. Its Job is still alive, and is to be ended by whoever acts on this.
 */
export function giveUp(job: JobFacts, pod: PodFacts, nowMs: number): Outcome | undefined {
  if (pod.waiting && isImageHopeless(pod, nowMs))
    return { type: 'image', reason: pod.waiting.reason, message: imageMessage(pod.waiting) }
  if (!job.singlePod || pod.phase === 'Succeeded' || pod.phase === 'Failed') return undefined
  if (isStranded(pod, nowMs)) return { ...stranded, message: onNode(stranded.message, pod) }
  return isOverdueUnaccepted(job, pod, nowMs) ? neverAccepted(job, pod) : undefined
}

/** Whether it is such an end. */
export const isGivenUp = ({ type, reason }: Outcome): boolean =>
  type === 'image' || reason === SANDBOX_LOST || reason === NEVER_STARTED

function isImageHopeless({ waiting, waitingSince }: PodFacts, nowMs: number): boolean {
  const reason = waiting?.reason ?? ''
  if (hopelessImage.has(reason)) return true
  return (
    missingImage.has(reason) &&
    waitingSince !== undefined &&
    nowMs - Date.parse(waitingSince) > IMAGE_PATIENCE_MS
  )
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
function isOverdueUnaccepted({ podDeadlineS, startedAt }: JobFacts, pod: PodFacts, nowMs: number): boolean {
  // Elsewhere a pod that queues may queue, as Kubernetes has it; for steps the time is that of the whole attempt.
  if (!pod.steps || podDeadlineS === undefined || startedAt === undefined || pod.acceptedAt !== undefined)
    return false
  return nowMs - Date.parse(startedAt) > podDeadlineS * 1_000 + CLOCKS_MS
}

/** Of an attempt that is given up while its pod still waits for a cluster node. */
const NEVER_STARTED = 'NeverStarted'
/** Our clock and the cluster's are not the same. */
const CLOCKS_MS = 3_000

const neverAccepted = ({ podDeadlineS }: JobFacts, pod: PodFacts): Outcome => ({
  type: 'timedOut',
  reason: NEVER_STARTED,
  message: `its pod did not start within ${podDeadlineS}s${pod.unschedulable ? `: no cluster node takes it: ${pod.unschedulable}` : ''}`,
})
