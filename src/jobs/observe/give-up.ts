import type { Outcome } from '../../model/outcome.ts'
import type { JobFacts, PodFacts } from './facts.ts'
import { imageMessage, onNode } from './failed-pod.ts'

/** Waiting reasons that never pass. */
const hopelessImage = new Set(['InvalidImageName', 'ErrImageNeverPull'])
const missingImage = new Set(['ImagePullBackOff', 'ErrImagePull'])
/** A registry may be unavailable for a while; an image missing for longer is reported as a mistake. */
export const IMAGE_PATIENCE_MS = 15 * 60_000

/**
 * The end of an attempt that would otherwise wait for ever, from the last facts of its pod and the time. Its
 * Job is still alive: the caller must end it.
 */
export function giveUp(job: JobFacts, pod: PodFacts, nowMs: number): Outcome | undefined {
  if (pod.waiting && isImageHopeless(pod, nowMs))
    return { type: 'image', reason: pod.waiting.reason, message: imageMessage(pod.waiting) }
  if (!job.singlePod || pod.phase === 'Succeeded' || pod.phase === 'Failed') return undefined
  if (isStranded(pod, nowMs)) return { ...stranded, message: onNode(stranded.message, pod) }
  return isOverdueUnaccepted(job, pod, nowMs) ? neverAccepted(job, pod) : undefined
}

/** Whether the outcome is one of `giveUp`. */
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

/** A new sandbox exists within seconds; a kubelet that has not created one after this time never will. */
const STRANDED_MS = 60_000

/** Its containers may not run twice, so a kubelet neither continues such a pod nor reports it as failed. */
const isStranded = ({ sandboxLostSince }: PodFacts, nowMs: number): boolean =>
  sandboxLostSince !== undefined && nowMs - Date.parse(sandboxLostSince) > STRANDED_MS

/** Reason of an attempt whose pod can neither continue nor end. */
const SANDBOX_LOST = 'SandboxLost'

const stranded = {
  type: 'lost',
  reason: SANDBOX_LOST,
  message: 'its cluster node was restarted between two of its containers, and the pod cannot continue',
} as const

/** A pod's deadline counts only from its acceptance by a kubelet; without one it would wait for ever. */
function isOverdueUnaccepted({ podDeadlineS, startedAt }: JobFacts, pod: PodFacts, nowMs: number): boolean {
  // Only for sequences, whose deadline covers the whole attempt. Other pods may stay queued.
  if (!pod.steps || podDeadlineS === undefined || startedAt === undefined || pod.acceptedAt !== undefined)
    return false
  return nowMs - Date.parse(startedAt) > podDeadlineS * 1_000 + CLOCKS_MS
}

/** Reason of an attempt that is given up while its pod waits for a cluster node. */
const NEVER_STARTED = 'NeverStarted'
/** Allowance for the difference between our clock and the cluster's. */
const CLOCKS_MS = 3_000

const neverAccepted = ({ podDeadlineS }: JobFacts, pod: PodFacts): Outcome => ({
  type: 'timedOut',
  reason: NEVER_STARTED,
  message: `its pod did not start within ${podDeadlineS}s${pod.unschedulable ? `: no cluster node takes it: ${pod.unschedulable}` : ''}`,
})
