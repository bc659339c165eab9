/**
 * Operations: what Millrace can be asked to do, one verb per file, whichever door the question came through.
 *
 * Every operation takes `{ deps, actor, input }` and gives plain data. This file names what they need of the
 * world; the adapters are src/kubernetes (stored objects, logs, tokens of pods) and src/temporal (runs), and tests or other
 * front doors may bring their own. Nothing here knows HTTP, gRPC or an API server's wire.
 *
 * There is no transaction over Kubernetes and Temporal, so every operation is a sequence of steps that may be
 * cut off anywhere and repeated from the beginning. What holds that together: the object comes first and its
 * uid makes the run's id; a run of that id can start once; the started mark is written last and is the reason
 * never to start again. Whoever repeats a request, or another process, goes on from what it finds.
 *
 * How it fails: what is wrong with one document is data in its result. AppError is for the call as a whole, its
 * code says what the caller can do, its message is made for the caller and its cause for the log. Anything else
 * that is thrown is a bug.
 */

import type { AdapterTable } from '../../compiler/formats/pipeline/pipeline-adapters.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import type { KindName } from '../../manifests/kinds/kinds.ts'
import type { OutputMessage, PreparedRun } from '../../model/messages.ts'
import type { Plan } from '../../model/plan.ts'
import type { RunRef } from '../../model/run-id.ts'
import type { RunStatus } from '../../model/run-status.ts'
import type { Schedules } from './schedules.ts'

export type { ScheduleRef, Schedules, ScheduleView } from './schedules.ts'

export interface Deps {
  catalog: Catalog
  runs: Runs
  logs: Logs
  identity: Identity
  settings: Settings
  schedules: Schedules
}

/** An object of one of our kinds as the API server holds it. */
export interface StoredObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace: string
    uid: string
    resourceVersion: string
    creationTimestamp: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    [key: string]: unknown
  }
  spec: JsonObject
  status?: JsonObject
}

export interface ObjectRef {
  kind: KindName
  namespace: string
  name: string
}

/** Stored manifests. Every method throws AppError `unavailable` when the API server cannot be reached. */
export interface Catalog {
  get(ref: ObjectRef): Promise<StoredObject | undefined>
  list(kind: KindName, namespace?: string): Promise<StoredObject[]>
  /** Throws AppError `conflict` when it exists, `refused` with the API server's reason when it is not accepted. */
  create(object: JsonObject): Promise<StoredObject>
  /** Replaces spec, labels and annotations; `resourceVersion` makes it conditional (AppError `conflict`). */
  replace(object: JsonObject, resourceVersion: string): Promise<StoredObject>
  annotate(ref: ObjectRef, annotations: Record<string, string>): Promise<void>
  /** Background propagation: what the object owns goes with it. Absent is fine. */
  delete(ref: ObjectRef, options?: { uid?: string; resourceVersion?: string }): Promise<void>
  /** Names of the Jobs of the namespace that were made from this JobTemplate, sorted. */
  jobsOfTemplate(namespace: string, template: string): Promise<string[]>
  /** Throws unless the API server answers. */
  ping(): Promise<void>
}

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

export interface LogRequest {
  namespace: string
  /** The Job or Deployment whose pod is read. */
  object: { kind: 'Job' | 'Deployment'; name: string }
  container?: string
  follow: boolean
  /** Last lines only. */
  tail?: number
  signal: AbortSignal
}

export interface Logs {
  /** Chunks of text as they come; ends with the container, or at once when not followed. AppError `gone` when the pod is no more. */
  read(request: LogRequest): AsyncIterable<string>
}

/** The pod behind a token that it was given for our API. */
export interface PodIdentity {
  namespace: string
  pod: string
  /** It has run to its end: what speaks with its token now is something else. */
  hasEnded: boolean
  /** As our annotations on its Job say; undefined where they are missing. */
  runId: string | undefined
  node: string | undefined
  attempt: number | undefined
}

export interface Identity {
  /** undefined when the token is not good, or its pod is no more. AppError `unavailable` when that cannot be known. */
  podOf(token: string): Promise<PodIdentity | undefined>
}

/** What an installation decides for all. */
export interface Settings {
  adapters: AdapterTable
  /** IANA name, for schedules that name none. */
  timeZone: string
}
