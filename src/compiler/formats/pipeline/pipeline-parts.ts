import { isExpired, parseExpire } from '../../../expressions/expire.ts'
import { type Finding, formatPath } from '../../../manifests/issue.ts'
import type { Pipeline } from '../../../manifests/kinds/pipeline.ts'
import type { PipelineRun } from '../../../manifests/kinds/pipeline-run.ts'
import type { Plan } from '../../../model/plan.ts'
import type { Lookup } from '../../lookup.ts'

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
