import type { Outcome, StepEnd } from '../outcome.ts'

/**
 * Heartbeat details of an activity that runs Jobs. The API reads them with `describe` and merges them into
 * the status, so that live details need no history events. A later attempt of the activity reads from them
 * which Jobs exist and which have ended.
 */
export interface Heartbeat {
  live: LiveDetails
  /** By Job name: outcomes within a block that the run has not received yet. */
  outcomes?: Record<string, Outcome>
  /** Names of the block's Jobs whose outcome the run has received. */
  told?: string[]
}

/** Current state of each Job, by its name. */
export type LiveDetails = Record<string, LiveFacts>
export interface LiveFacts {
  phase: 'Pending' | 'Running' | 'Ended'
  /** Why it does not run: message of the scheduler or the kubelet. */
  message?: string
  pod?: string
  clusterNode?: string
  startedAt?: string
  /** Only for a sequence. */
  steps?: StepEnd[]
  /** Only for a service. */
  replicas?: { wanted: number; ready: number }
}
