import { isInfrastructure, type Outcome, type OutcomeType } from '../../src/model/outcome.ts'
import type { RetryPolicy } from '../../src/model/plan.ts'

/** Longest pause between two attempts. */
export const MAX_DELAY_MS = 600_000

export type RetryDecision =
  | { retry: true; delayMs: number; because: string }
  | { retry: false; because: string }

/** Whether and when another attempt follows the one that ended with the last of `outcomes`. */
export function decideRetry(policy: RetryPolicy, outcomes: readonly Outcome[]): RetryDecision {
  const last = outcomes.at(-1)?.type
  if (last === undefined || last === 'succeeded') return { retry: false, because: 'nothing failed' }
  if (last === 'refused' || last === 'cancelled') return { retry: false, because: `${last} is final` }
  const same = isInfrastructure(last) ? isInfrastructure : isApplication
  const limit = isInfrastructure(last) ? policy.infrastructureLimit : policy.applicationLimit
  const spent = outcomes.filter(({ type }) => same(type)).length - 1
  const all = outcomes.length - 1
  if (policy.totalLimit !== undefined && all >= policy.totalLimit)
    return { retry: false, because: `${all} of ${policy.totalLimit} retries used` }
  if (spent >= limit) return { retry: false, because: `${spent} of ${limit} retries used` }
  const delayMs = Math.min(policy.delayMs * 2 ** spent, MAX_DELAY_MS)
  return { retry: true, delayMs, because: `${last}: retry ${spent + 1} of ${limit}` }
}

const isApplication = (type: OutcomeType): boolean => type === 'failed' || type === 'timedOut'
