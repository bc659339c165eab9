import type { Finding } from '../manifests/issue.ts'
import { INFRASTRUCTURE_RETRIES_ANNOTATION } from '../model/labels.ts'
import type { RetryPolicy } from '../model/plan.ts'

/** Delay before the retry of a pod that the cluster has removed. */
const DELAY_MS = 10_000
/** A job that needs more retries does not fail because of a short cluster problem. */
const MAX_RETRIES = 10

/**
 * The retry policy of formats without their own. They guarantee "at most once", so a job is not retried even
 * if the cluster lost it, unless the author allows it by annotation.
 */
export function retryFromAnnotations(annotations: Record<string, string> | undefined): {
  retry: RetryPolicy
  issues: Finding[]
} {
  const text = annotations?.[INFRASTRUCTURE_RETRIES_ANNOTATION] ?? '0'
  const limit = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  const retry = { applicationLimit: 0, infrastructureLimit: 0, delayMs: DELAY_MS }
  if (limit <= MAX_RETRIES) return { retry: { ...retry, infrastructureLimit: limit }, issues: [] }
  const issue: Finding = {
    path: ['metadata', 'annotations', INFRASTRUCTURE_RETRIES_ANNOTATION],
    rule: 'format',
    message: `"${text}" is not a number of retries: write "0" to "${MAX_RETRIES}" in quotes`,
  }
  return { retry, issues: [issue] }
}
