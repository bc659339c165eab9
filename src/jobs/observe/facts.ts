import type { Json } from '../../lib/json.ts'
import type { StepEnd } from '../../model/outcome.ts'

/** What can be seen of one attempt: its Job and the one pod of it that tells the most. Plain JSON. */
export interface Facts {
  job: JobFacts
  pod?: PodFacts
  /** Its pods were read after the Job had ended: there is nothing more to come of them. */
  isSettled?: true
}

export interface Condition {
  reason?: string
  message?: string
  at?: string
}

export interface JobFacts {
  /** One completion, no retries: its only pod's end is its end, about a second before the Job says so. */
  singlePod: boolean
  /** One completion, one pod at a time: more pods come only after one has failed. */
  serial: boolean
  suspended: boolean
  /** Conditions with status True, found by type: their position means nothing. */
  complete?: Condition
  failed?: Condition
  /** The Job has failed already, but waits for its pods to end before it says `Failed`. */
  failureTarget?: Condition
  startedAt?: string
  completedAt?: string
  /** Time that the pod itself may be active. */
  podDeadlineS?: number
}

export interface PodFacts {
  name: string
  clusterNode?: string
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  /** Somebody deletes it: when its grace period ends, RFC 3339. Its end is then not its own. */
  deletionDeadline?: string
  /** It had ended by itself when it was deleted: its end still counts. */
  endedBeforeDeletion?: true
  /** Pod-level words: `Evicted`, `NodeLost`, `OutOfcpu` … */
  reason?: string
  message?: string
  /** The cluster took it away (condition DisruptionTarget): eviction, preemption, a node that is gone. */
  disruption?: Condition
  /** The container that failed, else the last to end. */
  container?: ContainerEnd
  /** First container that cannot start yet, and why. */
  waiting?: Waiting
  /** Since when, by our own clock, RFC 3339; the kubelet's own times are by the clock of its node. */
  waitingSince?: string
  /** The same of a pod that has ended meanwhile, as far as it was seen. */
  waited?: Waiting
  /** Of a sequence: the image of the first step that has not succeeded. */
  nextImage?: string
  /** When the kubelet took it, RFC 3339. */
  acceptedAt?: string
  unschedulable?: string
  /** Since when it has no sandbox any more (its cluster node was restarted) and more of its containers to run. */
  sandboxLostAt?: string
  /** When we first saw that, by our own clock, RFC 3339. */
  sandboxLostSince?: string
  /** Of a sequence, in order. */
  steps?: StepEnd[]
  /**
   * Containers that may run only once and that the kubelet has started again: it did not find their first start
   * noted, as after a container runtime that was stopped in the midst of it. They may have run twice.
   */
  startedAgain?: string[]
  /** What its containers left as their termination message, when it succeeded. */
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
  /** Killed, as its start was not over when the container runtime was stopped: its exit code is not its own. */
  cutOff?: true
}
