import type { RunInput } from './run-messages.ts'

/** The only argument of the workflow that a schedule starts at each scheduled time. */
export interface ScheduledRunInput {
  namespace: string
  pipeline: string
}

/** One scheduled time, for the activity that creates its run object. */
export interface ScheduledRunRequest extends ScheduledRunInput {
  /** Different for each scheduled start; the same in each retry of it. */
  key: string
  /** The scheduled time, RFC 3339 UTC. */
  scheduledAt?: string
}

/** Why no run starts: `message` is not an error; `refused` is final. */
export type NotStarted = { message: string } | { refused: string }

/** A run whose object is stored. Its workflow starts as it does from any other entry point. */
export interface RunStartOptions {
  input: RunInput
  summary: string
  details: string
  memo: Record<string, string>
  /** Values of Millrace's search attributes, by name. */
  attributes: Record<string, string>
}
