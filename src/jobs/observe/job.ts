import { conditionOf } from '../../kubernetes/status/conditions.ts'
import { type JsonObject, objectAt } from '../../lib/json.ts'
import type { Condition, JobFacts } from './facts.ts'

/** A batch/v1 Job → its facts. */
export function observeJob(job: JsonObject): JobFacts {
  const spec = objectAt(job, 'spec')
  const status = objectAt(job, 'status')
  const held = (type: string): Condition | undefined => {
    const condition = conditionOf(job, type)
    return condition && conditionFacts(condition)
  }
  const complete = held('Complete')
  const deadline = objectAt(objectAt(spec, 'template'), 'spec').activeDeadlineSeconds
  const failed = held('Failed')
  const failureTarget = held('FailureTarget')
  return {
    singlePod: isSinglePod(spec),
    serial: isSerial(spec),
    suspended: spec.suspend === true,
    ...(complete ? { complete } : {}),
    ...(failed ? { failed } : {}),
    ...(failureTarget ? { failureTarget } : {}),
    ...text('startedAt', status.startTime),
    ...text('completedAt', status.completionTime),
    ...(typeof deadline === 'number' ? { podDeadlineS: deadline } : {}),
  }
}

/** The author's policies may count a pod's end differently: then only the Job's conditions decide. */
const isSinglePod = (spec: JsonObject): boolean =>
  isSerial(spec) && spec.backoffLimit === 0 && !spec.podFailurePolicy && !spec.successPolicy

function isSerial({ completions, parallelism }: JsonObject): boolean {
  const one = (value: unknown): boolean => value === undefined || value === null || value === 1
  return one(completions) && one(parallelism)
}

export const conditionFacts = (condition: JsonObject): Condition => ({
  ...text('reason', condition.reason),
  ...text('message', condition.message),
  ...text('at', condition.lastTransitionTime),
})

/** `{ [key]: value }` when the value is a non-empty string, else `{}`. */
export function text<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as { [P in K]?: string }) : {}
}
