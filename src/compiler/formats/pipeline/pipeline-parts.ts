import { isExpired, parseExpire } from '../../../expressions/expire.ts'
import { type Finding, formatPath } from '../../../manifests/issue.ts'
import type { Pipeline } from '../../../manifests/kinds/pipeline/pipeline.ts'
import type { PipelineRun } from '../../../manifests/kinds/pipeline/pipeline-run.ts'
import type { Plan } from '../../../model/plan.ts'
import type { Lookup } from '../../lookup.ts'

/** A PipelineRun with its Pipeline, and the metadata of all objects created for it. */
export interface PipelineOrder {
  run: PipelineRun
  pipeline: Pipeline
  lookup: Lookup
  /** Labels of every object; `k8s-app` is added per object. */
  labels: Record<string, string>
  annotations: Record<string, string>
}

/** The part of a plan that depends on the form (batchJob or streamJob). */
export interface PipelineParts {
  jobs: Plan['jobs']
  nodes: Plan['nodes']
  issues: Finding[]
  warnings: Finding[]
}

/** A Pipeline stored without the API may be invalid. The issues of its run then name the field. */
export const inPipeline = (name: string, issues: Finding[]): Finding[] =>
  issues.map(({ path, rule, message }) => ({
    path: ['spec', 'refPipeline'],
    rule,
    message: `Pipeline ${name}, ${formatPath(path)}: ${message}`,
  }))

/** True from exactly `expire` on. Streams ignore it. */
export function hasExpired({ spec }: Pipeline, now: number): boolean {
  if (!spec.strategy) return false
  const expire = parseExpire(spec.strategy.expire)
  return 'at' in expire && isExpired(expire.at, now)
}
