/** Messages to and from a run: start arguments, queries, signals and heartbeat details. */

import type { Json } from '../../lib/json.ts'
import type { Outcome, StepEnd } from '../outcome.ts'
import type { Plan } from '../plan.ts'
import type { RunRef } from '../run-id.ts'

/** The only argument of the workflow. Workflow code defines the type of `state`. */
export interface RunInput<State = unknown> {
  run: RunRef
  plan: Plan
  /** Warnings of the submission, shown with the run: an unknown dependency, a missing JobTemplate. */
  warnings: string[]
  /** State of the previous execution: a long run continues as new. */
  state?: State
}

/** Query that returns RunStatus. */
export const STATUS_QUERY = 'status'

/** Query with a node id that returns the node's input. */
export const INPUT_QUERY = 'input'

/** Signal with one OutputMessage: a job has recorded its output. */
export const OUTPUT_SIGNAL = 'output'
export interface OutputMessage {
  node: string
  attempt: number
  /** Name of the pod that recorded it. If a Job has several pods, the output of the succeeded one counts. */
  pod?: string
  output: Json
}

/** Signal with a list of AttemptEnd: these attempts of a block have ended, others may still run. */
export const ENDED_SIGNAL = 'ended'
export interface AttemptEnd {
  node: string
  attempt: number
  outcome: Outcome
}

/** Signal without arguments: continue as new, on the current version of the code. */
export const RENEW_SIGNAL = 'renew'

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

/** The only argument of the workflow that a schedule starts at each scheduled time. */
export interface FireInput {
  namespace: string
  pipeline: string
}

/** One scheduled time, for the activity that creates its run object. */
export interface FireOrder extends FireInput {
  /** Different for each scheduled start; the same in each retry of it. */
  key: string
  /** The scheduled time, RFC 3339 UTC. */
  scheduledAt?: string
}

/** Why no run starts: `message` is not an error; `refused` is final. */
export type NotPrepared = { message: string } | { refused: string }

/** A run whose object is stored. Its workflow starts as it does from any other entry point. */
export interface PreparedRun {
  input: RunInput
  summary: string
  details: string
  memo: Record<string, string>
  /** Values of Millrace's search attributes, by name. */
  attributes: Record<string, string>
}
