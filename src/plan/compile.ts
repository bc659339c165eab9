/**
 * compile: Manifest + lookup → Plan, or every reason why there is none.
 *
 * Pure and total: what can be wrong with a manifest that its schema accepts (cycles, doubled names, names that
 * are too long once joined) comes back as findings with the path of the field, all of them at once. What may
 * yet come right (a JobTemplate that is not there yet) or is harmless until reached (a dependency that names
 * no flow) is a warning: the run starts, and says in its status what it waits for or why it failed.
 * One `from-<format>` per manifest format; adding a format is a file, a row here and its cases in test/road.
 */
import type { JsonObject } from '../json.ts'
import type { Finding } from '../spec/issue.ts'
import type { DefinitionKind, RunManifest } from '../spec/kinds.ts'
import type { Pipeline } from '../spec/pipeline.ts'
import type { Workflow } from '../spec/workflow.ts'
import type { AdapterTable } from './adapters.ts'
import { fromDaemonJob } from './from-daemon-job.ts'
import { fromJobFlow, jobFlowTemplateRefs } from './from-job-flow.ts'
import { fromPipelineRun } from './from-pipeline-run.ts'
import { fromTask } from './from-task.ts'
import { fromWorkflowExecution } from './from-workflow-execution.ts'
import type { Plan } from './plan.ts'

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

/** `namespace` is where the run object will live, which the manifest itself need not say. */
export function compile(manifest: RunManifest, namespace: string, lookup: Lookup): Compiled {
  const { plan, issues, warnings } = fromManifest(manifest, namespace, lookup)
  return issues.length > 0 ? { issues, warnings } : { plan, issues, warnings }
}

function fromManifest(manifest: RunManifest, namespace: string, lookup: Lookup): Required<Compiled> {
  switch (manifest.kind) {
    case 'JobFlow':
      return fromJobFlow(manifest, namespace, lookup)
    case 'DaemonJob':
      return fromDaemonJob(manifest, namespace)
    case 'Task':
      return fromTask(manifest, namespace)
    case 'PipelineRun':
      return fromPipelineRun(manifest, namespace, lookup)
    case 'WorkflowExecution':
      return fromWorkflowExecution(manifest, namespace, lookup)
    default:
      return manifest satisfies never
  }
}

/** The definitions that compile will look up, each once. */
export function definitionRefs(manifest: RunManifest): DefinitionName[] {
  switch (manifest.kind) {
    case 'JobFlow':
      return jobFlowTemplateRefs(manifest).map((name) => ({ kind: 'JobTemplate', name }))
    case 'PipelineRun':
      return [{ kind: 'Pipeline', name: manifest.spec.refPipeline }]
    case 'WorkflowExecution':
      return [{ kind: 'Workflow', name: manifest.spec.workflow }]
    default:
      return []
  }
}

export interface DefinitionName {
  kind: DefinitionKind
  name: string
}
