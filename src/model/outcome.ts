import type { Json } from '../lib/json.ts'

/** How an attempt ended. The API uses the same words. */
export const outcomeTypes = [
  'succeeded',
  'failed',
  'timedOut',
  'evicted',
  'image',
  'refused',
  'lost',
  'cancelled',
] as const
export type OutcomeType = (typeof outcomeTypes)[number]

/** The end of one attempt. Plain JSON, well under 1 KiB, because it is stored in the workflow history. */
export interface Outcome {
  type: OutcomeType
  exitCode?: number
  /** The reason of Kubernetes, if there is one: `BackoffLimitExceeded`, `OOMKilled`, `Evicted` … */
  reason?: string
  /** One sentence for a person. */
  message?: string
  /** RFC 3339 UTC, by the cluster's clock: the container's times if known, else the Job's. */
  startedAt?: string
  endedAt?: string
  pod?: string
  clusterNode?: string
  /** The termination message of a succeeded job's containers, parsed if it is JSON. */
  output?: Json
  /** Only for a sequence: every step of this attempt, in order. */
  steps?: StepEnd[]
}

/** The state of one step of a sequence. */
export interface StepEnd {
  name: string
  /** Name of its container, if different. */
  container?: string
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped'
  exitCode?: number
  reason?: string
  /** Why it does not run, or its message at the end. */
  message?: string
  startedAt?: string
  endedAt?: string
}

/** A change of a service's state. `gone` is final: the run object is deleted. */
export interface ServiceChange {
  type: 'ready' | 'unready' | 'refused' | 'gone'
  message?: string
}

/** Whether the details of a failed activity are the outcome of an attempt. */
export const isOutcome = (value: unknown): value is Outcome =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  (outcomeTypes as readonly unknown[]).includes(value.type)

/** Messages of webhooks and kubelets can be long, and one history may hold a thousand outcomes. */
const MAX_MESSAGE = 300

export const clipOutcome = (outcome: Outcome): Outcome =>
  outcome.message !== undefined && outcome.message.length > MAX_MESSAGE
    ? { ...outcome, message: `${outcome.message.slice(0, MAX_MESSAGE - 1)}…` }
    : outcome

/** Whether the cluster, not the job itself, caused the end. */
export const isInfrastructure = (type: OutcomeType): boolean =>
  type === 'evicted' || type === 'lost' || type === 'image'

/** Whether a step succeeded, so that it need not run again. */
export const isSuccess = ({ phase }: StepEnd): boolean => phase === 'Succeeded'
