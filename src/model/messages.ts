/** What is said to a run from outside: start arguments, queries, and live details beside its history. */

import type { Json } from '../lib/json.ts'
import type { Outcome, StepEnd } from './outcome.ts'
import type { Plan } from './plan.ts'
import type { RunRef } from './run-id.ts'

/** The one argument of the workflow. What its state looks like is workflow code's own business. */
export interface RunInput<State = unknown> {
  run: RunRef
  plan: Plan
  /** Doubts at submission, shown with the run: an unknown dependency, a template that is not there yet. */
  warnings: string[]
  /** Where the execution before this one left off: a run that lasts for months goes on in a fresh history. */
  state?: State
}

/** Query that answers RunStatus. */
export const STATUS_QUERY = 'status'

/** Query with a node's id that answers what came to it. */
export const INPUT_QUERY = 'input'

/** Signal with one OutputMessage: a job has recorded its output. */
export const OUTPUT_SIGNAL = 'output'
export interface OutputMessage {
  node: string
  attempt: number
  /** Name of the pod that recorded it: of several pods of one Job the one that succeeds counts. */
  pod?: string
  output: Json
}

/** Signal with a list of AttemptEnd: attempts of a block have ended while others of it go on. */
export const ENDED_SIGNAL = 'ended'
export interface AttemptEnd {
  node: string
  attempt: number
  outcome: Outcome
}

/** Signal without arguments: go on in a fresh history, and with it on the current version of the code. */
export const RENEW_SIGNAL = 'renew'

/**
 * Heartbeat details of an activity that stands for Jobs. They are read from `describe` and laid over the status
 * by the API, so that "why is it not running" costs no history; and a later try of the activity learns from them
 * which Jobs were made, and how some have ended already.
 */
export interface Heartbeat {
  live: LiveDetails
  /** By name of the Job: how some of a block have ended that the run was not told of yet. */
  outcomes?: Record<string, Outcome>
  /** Names of the Jobs of a block whose ends the run knows. */
  told?: string[]
}

/** What each Job looks like now, by its name. */
export type LiveDetails = Record<string, LiveFacts>
export interface LiveFacts {
  phase: 'Pending' | 'Running' | 'Ended'
  /** Why it does not run: the scheduler's or the kubelet's own words. */
  message?: string
  pod?: string
  clusterNode?: string
  startedAt?: string
  /** Of a sequence. */
  steps?: StepEnd[]
  /** Of a service. */
  replicas?: { wanted: number; ready: number }
}

/** The one argument of the workflow that a schedule starts at each of its times. */
export interface FireInput {
  namespace: string
  pipeline: string
}

/** One time of a schedule, for the activity that makes its run. */
export interface FireOrder extends FireInput {
  /** Different for every fire, the same in every try of it. */
  key: string
  /** RFC 3339 UTC: when it was due. */
  scheduledAt?: string
}

/** Why there is nothing to start: all is well, or the run can never be. */
export type NotPrepared = { message: string } | { refused: string }

/** A run whose object is stored and whose workflow is to be started: with the same looks as through any other door. */
export interface PreparedRun {
  input: RunInput
  summary: string
  details: string
  memo: Record<string, string>
  /** Values of our search attributes, by name. */
  attributes: Record<string, string>
}
