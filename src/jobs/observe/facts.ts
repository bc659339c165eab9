import type { Json } from '../../lib/json.ts'
import type { StepEnd } from '../../model/outcome.ts'

/** The observed facts of one attempt: its Job and its most informative pod. Plain JSON. */
export interface Facts {
  job: JobFacts
  pod?: PodFacts
  /** Its pods were read after the Job had ended: they will not change. */
  isSettled?: true
}

export interface Condition {
  reason?: string
  message?: string
  at?: string
}

export interface JobFacts {
  /** One completion, no retries: its only pod's end is final, about a second before the Job's condition. */
  singlePod: boolean
  /** One completion, one pod at a time: another pod follows only a failed one. */
  serial: boolean
  suspended: boolean
  /** Conditions with status True, found by type: their order means nothing. */
  complete?: Condition
  failed?: Condition
  /** The Job has failed, but waits for its pods to end before it sets `Failed`. */
  failureTarget?: Condition
  startedAt?: string
  completedAt?: string
  /** `activeDeadlineSeconds` of the pod. */
  podDeadlineS?: number
}

export interface PodFacts {
  name: string
  clusterNode?: string
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  /** When its grace period ends, RFC 3339, if it is being deleted. It then does not end by itself. */
  deletionDeadline?: string
  /** It had ended by itself before it was deleted: its end still counts. */
  endedBeforeDeletion?: true
  /** `status.reason` of the pod: `Evicted`, `NodeLost`, `OutOfcpu` … */
  reason?: string
  message?: string
  /** The cluster ended it (condition DisruptionTarget): eviction, preemption, a lost node. */
  disruption?: Condition
  /** The first container that failed, else the last to end. */
  container?: ContainerEnd
  /** First container that cannot start yet, and why. */
  waiting?: Waiting
  /** Since when, by our own clock, RFC 3339: a kubelet's times follow the clock of its node. */
  waitingSince?: string
  /** What a container waited for earlier, if it was observed; unset while one is waiting. */
  waited?: Waiting
  /** Of a sequence: the image of the first step that has not succeeded. */
  nextImage?: string
  /** When a kubelet accepted it, RFC 3339. */
  acceptedAt?: string
  unschedulable?: string
  /** When it lost its sandbox (its cluster node restarted) with containers still to run, RFC 3339. */
  sandboxLostAt?: string
  /** When that was first observed, by our own clock, RFC 3339. */
  sandboxLostSince?: string
  /** Of a sequence, in order. */
  steps?: StepEnd[]
  /**
   * Containers that may run only once and that the kubelet started again, because their first start was not
   * recorded (the container runtime was stopped during it). They may have run twice.
   */
  startedAgain?: string[]
  /** The termination message of its containers, when it succeeded. */
  output?: Json
  startedAt?: string
  endedAt?: string
}

export interface Waiting {
  container: string
  reason: string
  message?: string
}

export interface ContainerEnd {
  name: string
  exitCode: number
  signal?: number
  reason?: string
  message?: string
  /** Killed because the container runtime was stopped during its start: its exit code is not its own. */
  cutOff?: true
}
