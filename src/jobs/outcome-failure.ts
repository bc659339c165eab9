import { ApplicationFailure } from '@temporalio/common'
import type { Outcome } from '../model/outcome.ts'

/**
 * An attempt that did not succeed, as the failure of its activity: Temporal's Web UI then shows it as failed, with
 * the message. Never tried again by Temporal: retries are the run's to decide. Without a stack, which would be ours.
 */
export function outcomeFailure(outcome: Outcome): ApplicationFailure {
  const message = outcome.message ?? outcome.reason ?? outcome.type
  const failure = ApplicationFailure.nonRetryable(message, outcome.type, outcome)
  failure.stack = ''
  return failure
}
