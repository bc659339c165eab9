/** What is said to a run from outside: start arguments, queries, and live details beside its history. */
import type { Plan } from '../src/plan/plan.ts'
import type { RunRef } from './names.ts'
import type { Outcome } from './outcome.ts'

/** The one argument of the workflow. */
export interface RunInput {
  run: RunRef
  plan: Plan
  /** Doubts at submission, shown with the run: an unknown dependency, a template that is not there yet. */
  warnings: string[]
}

/** Query that answers RunStatus. */
export const STATUS_QUERY = 'status'

/**
 * Heartbeat details of an activity that stands for Jobs. They are read from `describe` and laid over the status
 * by the API, so that "why is it not running" costs no history; and a later try of the activity learns from them
 * which Jobs were made, and how some have ended already.
 */
export interface Heartbeat {
  live: LiveDetails
  /** By name of the Job. */
  outcomes?: Record<string, Outcome>
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
}

/** The one argument of the workflow that a schedule starts at each of its times. */
export interface FireInput {
  namespace: string
  pipeline: string
}
