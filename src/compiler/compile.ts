/**
 * compile: Manifest + lookup → Plan, or every reason why there is none.
 *
 * Pure and total: what can be wrong with a manifest that its schema accepts (cycles, doubled names, names that
 * are too long once joined) comes back as findings with the path of the field, all of them at once. What may
 * yet come right (a JobTemplate that is not there yet) or is harmless until reached (a dependency that names
 * no flow) is a warning: the run starts, and says in its status what it waits for or why it failed.
 * One `from-<format>` per manifest format; adding a format is a file, a row here and its cases in test/golden.
 */

import type { DefinitionKind, RunManifest } from '../manifests/kinds/kinds.ts'
import { fromDaemonJob } from './formats/daemonjob/from-daemon-job.ts'
import { fromJobFlow, jobFlowTemplateRefs } from './formats/jobflow/from-job-flow.ts'
import { fromWorkflowExecution } from './formats/jobnetes/from-workflow-execution.ts'
import { fromPipelineRun } from './formats/pipeline/from-pipeline-run.ts'
import { fromTask } from './formats/task/from-task.ts'
import type { Compiled, Lookup } from './lookup.ts'

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
