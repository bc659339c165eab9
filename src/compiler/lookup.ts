import type { JsonObject } from '../lib/json.ts'
import type { Finding } from '../manifests/issue.ts'
import type { Workflow } from '../manifests/kinds/jobnetes/workflow.ts'
import type { Pipeline } from '../manifests/kinds/pipeline/pipeline.ts'
import type { Plan } from '../model/plan.ts'
import type { AdapterTable } from './formats/pipeline/pipeline-adapters.ts'

/** Stored definitions of the run's namespace, and the other inputs of a plan. */
export interface Lookup {
  /** The JobSpec of a JobTemplate; undefined if it does not exist. */
  jobTemplate(name: string): JsonObject | undefined
  pipeline(name: string): Pipeline | undefined
  workflow(name: string): Workflow | undefined
  /** Images and commands of the pipeline adapters. */
  adapters: AdapterTable
  /** Milliseconds since 1970, to check whether a Pipeline has expired. */
  now: number
  /** Only for a scheduled run: its scheduled time, RFC 3339 UTC. */
  scheduledAt?: string
}

/** `plan` is absent exactly when `issues` is not empty. */
export interface Compiled {
  plan?: Plan
  issues: Finding[]
  warnings: Finding[]
}
