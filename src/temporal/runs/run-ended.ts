import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { toAppError } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'

/**
 * Waits for a run to end, however it ends, for at most `timeoutMs`. False when it is still open. A run that
 * does not exist counts as ended. Uses a long poll, so the end is seen at once.
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
    // Which error comes depends on whether the server or the client reaches the deadline first.
    if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return false
    throw toAppError(error)
  }
}
