import type { DefinitionKind, RunManifest } from '../manifests/kinds/kinds.ts'

/** The one definition that a run is a run of, if its kind has such: by which its runs are found again. */
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
