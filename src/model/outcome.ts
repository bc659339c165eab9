import type { Json } from '../lib/json.ts'

/** What an attempt came to. The words are those of the API. */
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

/** The end of one attempt: plain JSON, well under 1 KiB, as it goes into the workflow's history. */
export interface Outcome {
  type: OutcomeType
  exitCode?: number
  /** Kubernetes' own reason word where there is one: `BackoffLimitExceeded`, `OOMKilled`, `Evicted` … */
  reason?: string
  /** One sentence for a person. */
  message?: string
  /** RFC 3339 UTC, by the cluster's clock: the container's times where known, else the Job's. */
  startedAt?: string
  endedAt?: string
  pod?: string
  clusterNode?: string
  /** What the containers of a job that succeeded left as their termination message, as JSON where it is that. */
  output?: Json
  /** Of a sequence, in order: every step of this attempt. */
  steps?: StepEnd[]
}

/** One step of a sequence: how far it came. */
export interface StepEnd {
  name: string
  /** Its container, where that has another name. */
  container?: string
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped'
  exitCode?: number
  reason?: string
  /** Why it does not run, or what it said at its end. */
  message?: string
  startedAt?: string
  endedAt?: string
}

/** What became of a service that was waited for: `gone` is final, its run object does not exist any more. */
export interface ServiceChange {
  type: 'ready' | 'unready' | 'refused' | 'gone'
  message?: string
}

/** What a failed activity carries in its details, when it is an attempt that ended badly. */
export const isOutcome = (value: unknown): value is Outcome =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  (outcomeTypes as readonly unknown[]).includes(value.type)

/** A webhook or a kubelet may say much; of a thousand outcomes in one history each must be small. */
const MAX_MESSAGE = 300

export const clipOutcome = (outcome: Outcome): Outcome =>
  outcome.message !== undefined && outcome.message.length > MAX_MESSAGE
    ? { ...outcome, message: `${outcome.message.slice(0, MAX_MESSAGE - 1)}…` }
    : outcome

/** Ends that say nothing about the job itself: the cluster let it down. */
export const isInfrastructure = (type: OutcomeType): boolean =>
  type === 'evicted' || type === 'lost' || type === 'image'

/** A step that need not run again. */
export const isSuccess = ({ phase }: StepEnd): boolean => phase === 'Succeeded'
