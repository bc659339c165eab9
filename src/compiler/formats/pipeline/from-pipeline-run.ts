import type { Finding } from '../../../manifests/issue.ts'
import type { PipelineRun } from '../../../manifests/kinds/pipeline/pipeline-run.ts'
import { fitName, MAX_JOB_NAME } from '../../../model/object-names.ts'
import type { Plan } from '../../../model/plan.ts'
import type { Compiled, Lookup } from '../../lookup.ts'
import { fromBatchJob } from './from-batch-job.ts'
import { fromStreamJob } from './from-stream-job.ts'
import { hasExpired, type PipelineOrder } from './pipeline-parts.ts'

/** Runs the current version of the Pipeline: a batchJob as one sequence, else a streamJob as services. */
export function fromPipelineRun(run: PipelineRun, namespace: string, lookup: Lookup): Required<Compiled> {
  const plan: Plan = {
    version: 1,
    format: 'pipeline',
    kind: 'PipelineRun',
    namespace,
    name: run.metadata.name,
    jobs: {},
    nodes: [],
  }
  const pipeline = lookup.pipeline(run.spec.refPipeline)
  if (!pipeline) return { plan, issues: [unknownPipeline(run, namespace)], warnings: [] }
  const order: PipelineOrder = {
    run,
    pipeline,
    lookup,
    labels: {
      ...pipeline.metadata.labels,
      pipeline: fitName(pipeline.metadata.name, MAX_JOB_NAME),
      'pipeline-run': fitName(run.metadata.name, MAX_JOB_NAME),
    },
    annotations: ownAnnotations(pipeline.metadata.annotations),
  }
  const { batchJob, streamJob } = pipeline.spec
  const { issues, warnings, ...parts } = batchJob
    ? fromBatchJob(order, batchJob)
    : fromStreamJob(order, streamJob ?? { microServices: [] })
  const expired = batchJob !== undefined && hasExpired(pipeline, judgedAt(lookup))
  return { plan: { ...plan, ...parts, ...(expired ? { cancelled } : {}) }, issues, warnings }
}

/** The words of the format. */
const cancelled = { reason: 'Pipeline is expired', message: 'Skip the build creation' }

/** For a scheduled run its scheduled time decides, even if an outage delayed it. */
const judgedAt = ({ scheduledAt, now }: Lookup): number =>
  scheduledAt === undefined ? now : Date.parse(scheduledAt)

/** Annotations to copy to created objects. kubectl's and ours concern only the Pipeline itself. */
function ownAnnotations(annotations: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !/^(kubectl\.kubernetes\.io|millrace\.dev)\//.test(name)),
  )
}

const unknownPipeline = ({ spec }: PipelineRun, namespace: string): Finding => ({
  path: ['spec', 'refPipeline'],
  rule: 'unknown-pipeline',
  message: `Pipeline "${spec.refPipeline}" does not exist in namespace ${namespace}: submit it first, or in the same request`,
})
