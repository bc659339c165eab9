/**
 * compile: Manifest + lookup → Plan, or all issues.
 *
 * Pure and total. Errors that the schema cannot find (cycles, duplicate names, joined names that are too
 * long) are returned all at once, as findings with the path of the field. An error that may resolve itself (a
 * JobTemplate that does not exist yet) or that matters only when reached (a dependency that names no flow) is
 * a warning: the run starts, and its status says what it waits for or why it failed. Each manifest format has
 * a folder in formats/. A new format needs a folder, a case here and cases in test/golden.
 */

import type { RunManifest } from '../manifests/kinds/kinds.ts'
import { fromDaemonJob } from './formats/daemonjob/from-daemon-job.ts'
import { fromJobFlow } from './formats/jobflow/from-job-flow.ts'
import { fromWorkflowExecution } from './formats/jobnetes/from-workflow-execution.ts'
import { fromPipelineRun } from './formats/pipeline/from-pipeline-run.ts'
import { fromTask } from './formats/task/from-task.ts'
import type { Compiled, Lookup } from './lookup.ts'

/** `namespace` is that of the run object; the manifest may omit it. */
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
