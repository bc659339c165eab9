import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { toAppError } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'

/**
 * Waits for the end of a run, however it ends, for at most `timeoutMs`; false when it goes on. A run that is
 * not there has ended. A long poll, so the end is seen when it happens and nobody asks twice.
 */
export async function runEnded(
  { connection, client }: Temporal,
  id: string,
  timeoutMs: number,
): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + timeoutMs, () => client.workflow.getHandle(id).result())
    return true
  } catch (error) {
    if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return true
    // Which of the two is told depends on whether server or client notices first that the time is over.
    if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return false
    throw toAppError(error)
  }
}
