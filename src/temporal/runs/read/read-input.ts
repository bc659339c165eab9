import { WorkflowNotFoundError } from '@temporalio/client'
import type { Json } from '../../../lib/json.ts'
import { INPUT_QUERY } from '../../../model/messages/run-messages.ts'
import { AppError } from '../../../operations/app-error.ts'
import { callTemporal, deadlines } from '../../call-temporal.ts'
import type { Temporal } from '../../temporal.ts'

/** Queries the run, because its status has no room for every input. */
export async function readInput(
  { connection, client }: Temporal,
  id: string,
  node: string,
): Promise<Json | undefined> {
  try {
    return await callTemporal(connection, deadlines.queryMs, () =>
      client.workflow.getHandle(id).query<Json | undefined, [string]>(INPUT_QUERY, node),
    )
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    if (error instanceof AppError) throw error
    throw new AppError('unavailable', 'No worker is responding, so the input cannot be read. Try again.', {
      cause: error,
    })
  }
}
