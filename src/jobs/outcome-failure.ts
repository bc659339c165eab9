import { ApplicationFailure } from '@temporalio/common'
import type { Outcome } from '../model/outcome.ts'

/**
 * An unsuccessful attempt as the failure of its activity: Temporal's Web UI then shows it as failed, with the
 * message. Not retryable: the workflow decides retries. Without a stack, which would be our own.
 */
export function outcomeFailure(outcome: Outcome): ApplicationFailure {
  const message = outcome.message ?? outcome.reason ?? outcome.type
  const failure = ApplicationFailure.nonRetryable(message, outcome.type, outcome)
  failure.stack = ''
  return failure
}
