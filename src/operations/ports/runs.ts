import type { Json } from '../../lib/json.ts'
import type { OutputMessage } from '../../model/messages/run-messages.ts'
import type { RunStartOptions } from '../../model/messages/scheduled-run.ts'
import type { Plan } from '../../model/plan.ts'
import type { RunRef } from '../../model/run-id.ts'
import type { RunStatus } from '../../model/run-status.ts'

export interface RunStart {
  run: RunRef
  plan: Plan
  /** Name of the definition that the run was made from, if any. */
  definition?: string
  trigger: 'manifest' | 'api' | 'schedule'
  warnings: string[]
}

export interface RunSummary {
  id: string
  kind: string
  namespace: string
  name: string
  definition?: string
  trigger?: string
  phase: RunStatus['phase']
  startedAt: string
  endedAt?: string
  temporalUrl: string
}

export interface RunFilter {
  namespace?: string
  kind?: string
  definition?: string
  phase?: RunStatus['phase']
}

/** Runs in Temporal. Every method throws AppError `unavailable` when Temporal cannot be reached. */
export interface Runs {
  /** `exists`: a workflow with this id is open or has ended, and nothing is started. */
  start(start: RunStart): Promise<'started' | 'exists'>
  /** What a workflow needs to start this run as a child workflow. */
  toStartOptions(start: RunStart): RunStartOptions
  /** undefined when there is no such run, or Temporal has deleted its history. */
  get(id: string): Promise<(RunStatus & { temporalUrl: string }) | undefined>
  list(
    filter: RunFilter,
    page: { limit: number; cursor?: string },
  ): Promise<{ runs: RunSummary[]; next?: string }>
  /** False when there is no such run. A run that has ended is not changed. */
  cancel(id: string): Promise<boolean>
  /** Waits at most `timeoutMs` for the run to end. False when it has not ended. */
  ended(id: string, timeoutMs: number): Promise<boolean>
  /** Sends an output to the run. `ended`: no such run is open. `full`: its history has no room for more. */
  recordOutput(id: string, message: OutputMessage): Promise<'recorded' | 'ended' | 'full'>
  /** A node's input; undefined when it is not known. AppError `unavailable` when no worker answers. */
  input(id: string, node: string): Promise<Json | undefined>
  ping(): Promise<void>
}
