/** Messages to and from a run: its argument, queries and signals. */

import type { Json } from '../../lib/json.ts'
import type { Outcome } from '../outcome.ts'
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
