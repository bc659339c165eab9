import type { JsonObject } from '../lib/json.ts'
import type { Finding } from '../manifests/issue.ts'
import type { Pipeline } from '../manifests/kinds/pipeline.ts'
import type { Workflow } from '../manifests/kinds/workflow.ts'
import type { Plan } from '../model/plan.ts'
import type { AdapterTable } from './formats/pipeline/pipeline-adapters.ts'

/** Stored definitions of the run's namespace, and what else a plan depends on. */
export interface Lookup {
  /** The JobSpec of a JobTemplate; undefined when there is none of this name. */
  jobTemplate(name: string): JsonObject | undefined
  pipeline(name: string): Pipeline | undefined
  workflow(name: string): Workflow | undefined
  /** Images and commands behind the adapters of pipelines. */
  adapters: AdapterTable
  /** Milliseconds since 1970: a Pipeline may have expired. */
  now: number
  /** Of a run that a schedule makes: when it was due, RFC 3339 UTC. */
  scheduledAt?: string
}

/** `plan` is absent exactly when `issues` is not empty. */
export interface Compiled {
  plan?: Plan
  issues: Finding[]
  warnings: Finding[]
}
