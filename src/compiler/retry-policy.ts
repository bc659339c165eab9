import type { Finding } from '../manifests/issue.ts'
import { INFRASTRUCTURE_RETRIES_ANNOTATION } from '../model/labels.ts'
import type { RetryPolicy } from '../model/plan.ts'

/** A cluster that takes a pod away is given this long before the pod is tried elsewhere. */
const DELAY_MS = 10_000
/** More is no longer a hiccup of the cluster. */
const MAX_RETRIES = 10

/**
 * Retries of a format that has none of its own. Its promise is "at most once", so a job is not tried again even
 * when the cluster lost it, unless the author says on the object that it may be.
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
