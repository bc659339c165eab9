import type { Outcome } from '../../model/outcome.ts'
import type { Facts, PodFacts } from '../observe/facts.ts'

/** What is kept of an attempt's Job: facts only, never the whole object (several KiB each). */
export interface SeenJob {
  uid: string
  namespace: string
  name: string
  runId: string
  /** Base64 task token of the activity that waits. Jobs of blocks have none: they are awaited in process. */
  token?: string
  /** `waiterKey` of that activity and its try. */
  waiter?: string
  ttlSeconds?: number
  /** Of a Job with a manual selector; for all others Kubernetes selects pods by the Job's uid. */
  podSelector?: string
  job: Facts['job']
}

/** What is kept of a pod. */
export interface SeenPod {
  uid: string
  /** Uid of the Job that it belongs to. */
  job?: string
  /** `serviceKey` of its run and node, if it is a pod of a service. */
  service: string
  facts: PodFacts
}

/** One attempt's Job in the index. */
export interface TrackedJob extends SeenJob {
  /** By pod uid. A deleted pod stays, marked as deleted: its last status may explain the Job's end. */
  pods: Map<string, PodFacts>
  /** Revision: while it is unchanged, so are the facts. */
  looks: number
  /** Its pods were read after the Job had ended: they will not change. */
  isSettled?: true
  outcome?: Outcome
}
