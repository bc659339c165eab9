import { fitName, MAX_JOB_NAME } from '../../workflows/names.ts'
import { isExpired, parseExpire } from '../notation/expire.ts'
import { type Finding, formatPath } from '../spec/issue.ts'
import type { Pipeline } from '../spec/pipeline.ts'
import type { PipelineRun } from '../spec/pipeline-run.ts'
import type { Compiled, Lookup } from './compile.ts'
import { fromBatchJob } from './from-batch-job.ts'
import { fromStreamJob } from './from-stream-job.ts'
import type { Plan } from './plan.ts'

/** What a PipelineRun and its Pipeline give everything that is made of them. */
export interface PipelineOrder {
  run: PipelineRun
  pipeline: Pipeline
  lookup: Lookup
  /** Of every object; `k8s-app` is added to them. */
  labels: Record<string, string>
  annotations: Record<string, string>
}

/** The part of a plan that one of the two forms gives. */
export interface PipelineParts {
  jobs: Plan['jobs']
  nodes: Plan['nodes']
  issues: Finding[]
  warnings: Finding[]
}

/** A PipelineRun runs its Pipeline as that is now: a batchJob as one sequence, else a streamJob as services. */
export function fromPipelineRun(run: PipelineRun, namespace: string, lookup: Lookup): Required<Compiled> {
  const plan: Plan = {
    version: 1,
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

/** The format's own words. */
const cancelled = { reason: 'Pipeline is expired', message: 'Skip the build creation' }

/** A run that a schedule makes late, after an outage, is judged by the time it was due. */
const judgedAt = ({ scheduledAt, now }: Lookup): number =>
  scheduledAt === undefined ? now : Date.parse(scheduledAt)

/** A stored Pipeline that came past our door may be wrong: its run says where. */
export const inPipeline = (name: string, issues: Finding[]): Finding[] =>
  issues.map(({ path, rule, message }) => ({
    path: ['spec', 'refPipeline'],
    rule,
    message: `Pipeline ${name}, ${formatPath(path)}: ${message}`,
  }))

/** Exactly the time of `expire` is expired; streams do not look at it. */
export function hasExpired({ spec }: Pipeline, now: number): boolean {
  if (!spec.strategy) return false
  const expire = parseExpire(spec.strategy.expire)
  return 'at' in expire && isExpired(expire.at, now)
}

/** Those that belong to the Pipeline's own life, kubectl's and ours, are not handed on. */
function ownAnnotations(annotations: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !/^(kubectl\.kubernetes\.io|millrace\.dev)\//.test(name)),
  )
}

const unknownPipeline = ({ spec }: PipelineRun, namespace: string): Finding => ({
  path: ['spec', 'refPipeline'],
  rule: 'unknown-pipeline',
  message: `there is no Pipeline "${spec.refPipeline}" in namespace ${namespace}: submit it first, or in the same text`,
})
