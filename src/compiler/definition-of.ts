import type { DefinitionKind, RunManifest } from '../manifests/kinds/kinds.ts'

/** The definition that a run executes, if its kind has one. Runs can be searched by it. */
export function definitionOf(manifest: RunManifest): { kind: DefinitionKind; name: string } | undefined {
  switch (manifest.kind) {
    case 'PipelineRun':
      return { kind: 'Pipeline', name: manifest.spec.refPipeline }
    case 'WorkflowExecution':
      return { kind: 'Workflow', name: manifest.spec.workflow }
    default:
      return undefined
  }
}
