import type { Finding } from '../manifests/issue.ts'
import type { DefinitionManifest } from '../manifests/kinds/kinds.ts'
import type { Pipeline } from '../manifests/kinds/pipeline/pipeline.ts'
import { workflowWarnings } from './formats/jobnetes/from-workflow-execution.ts'
import { stepIssues } from './formats/pipeline/batch-steps.ts'
import { serviceIssues } from './formats/pipeline/from-stream-job.ts'
import type { AdapterTable } from './formats/pipeline/pipeline-adapters.ts'
import { pipelineDefaults } from './formats/pipeline/pipeline-defaults.ts'
import { hasExpired } from './formats/pipeline/pipeline-parts.ts'
import { toSchedule } from './formats/pipeline/schedule.ts'

/** Issues and warnings that a definition's schema cannot find. */
export function checkDefinition(
  manifest: DefinitionManifest,
  settings: { timeZone: string; adapters: AdapterTable; now: number },
): { issues: Finding[]; warnings: Finding[] } {
  switch (manifest.kind) {
    case 'Pipeline':
      return {
        issues: [
          ...toSchedule(manifest, settings).issues,
          ...pipelineDefaults(manifest).issues,
          ...stepIssues(manifest, settings.adapters),
          ...serviceIssues(manifest),
        ],
        warnings: pipelineWarnings(manifest, settings.now),
      }
    case 'Workflow':
      return { issues: [], warnings: workflowWarnings(manifest) }
    case 'JobTemplate':
      return { issues: [], warnings: [] }
    default:
      return manifest satisfies never
  }
}

function pipelineWarnings(pipeline: Pipeline, now: number): Finding[] {
  const { batchJob, streamJob, strategy } = pipeline.spec
  const warn = (path: (string | number)[], rule: string, message: string): Finding => ({
    path,
    rule,
    message,
  })
  const hasCron = strategy?.cronExpression !== undefined && strategy.cronExpression !== ''
  const as2 = (batchJob?.outputs ?? []).findIndex((output) => output.as2 !== undefined)
  return [
    ...(batchJob && streamJob
      ? [warn(['spec', 'streamJob'], 'no-effect', 'streamJob has no effect together with batchJob')]
      : []),
    ...(!batchJob && hasCron
      ? [
          warn(
            ['spec', 'strategy', 'cronExpression'],
            'no-effect',
            'cronExpression has no effect on a streamJob, which runs until it is cancelled: start one run of it',
          ),
        ]
      : []),
    ...(batchJob && hasExpired(pipeline, now)
      ? [
          warn(
            ['spec', 'strategy', 'expire'],
            'expired',
            `the Pipeline expired at ${strategy?.expire} UTC: no runs are scheduled, and its runs are cancelled`,
          ),
        ]
      : []),
    ...(as2 >= 0
      ? [
          warn(
            ['spec', 'batchJob', 'outputs', as2, 'as2'],
            'placeholder',
            'the default image of the as2 adapter is a placeholder: without an image for it in MILLRACE_ADAPTERS it does nothing',
          ),
        ]
      : []),
  ]
}
