import type { Json } from '../../lib/json.ts'
import type { OutputMessage, PreparedRun } from '../../model/messages.ts'
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

/** Runs, as Temporal holds them. Every method throws AppError `unavailable` when Temporal cannot be reached. */
export interface Runs {
  /** `exists` when a workflow of this id is open or was there before: nothing is started then. */
  start(start: RunStart): Promise<'started' | 'exists'>
  /** What a workflow needs to start the same run as its child. */
  prepare(start: RunStart): PreparedRun
  /** undefined: no such run (or its history is no longer kept). */
  get(id: string): Promise<(RunStatus & { temporalUrl: string }) | undefined>
  list(
    filter: RunFilter,
    page: { limit: number; cursor?: string },
  ): Promise<{ runs: RunSummary[]; next?: string }>
  /** False when there is no such run; a run that has ended is left as it is. */
  cancel(id: string): Promise<boolean>
  /** Resolves when the run has ended, at most after `timeoutMs`; false when it has not. */
  ended(id: string, timeoutMs: number): Promise<boolean>
  /** Hands an output to the run. `ended`: no such run is open; `full`: its history has no room for more. */
  recordOutput(id: string, message: OutputMessage): Promise<'recorded' | 'ended' | 'full'>
  /** What came to a node; undefined when the run, or the input, is not known. AppError `unavailable` without a worker. */
  input(id: string, node: string): Promise<Json | undefined>
  ping(): Promise<void>
}
