import { type DefinitionType, definitionTypes, type RunManifest } from '../manifests/kinds/kinds.ts'
import { jobFlowTemplateRefs } from './formats/jobflow/from-job-flow.ts'

export type DefinitionName = DefinitionType & { name: string }

/** The definition that a run executes, if its kind has one. Runs can be searched by it. */
export function definitionOf(manifest: RunManifest): DefinitionName | undefined {
  switch (manifest.kind) {
    case 'PipelineRun':
      return { ...definitionTypes.Pipeline, name: manifest.spec.refPipeline }
    case 'WorkflowExecution':
      return { ...definitionTypes.Workflow, name: manifest.spec.workflow }
    default:
      return undefined
  }
}

/** All definitions that `compile` looks up, without duplicates. */
export function definitionRefs(manifest: RunManifest): DefinitionName[] {
  if (manifest.kind === 'JobFlow')
    return jobFlowTemplateRefs(manifest).map((name) => ({ ...definitionTypes.JobTemplate, name }))
  return [definitionOf(manifest)].filter((ref) => ref !== undefined)
}
