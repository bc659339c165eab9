import { WorkflowNotFoundError } from '@temporalio/client'
import { OUTPUT_SIGNAL, type OutputMessage } from '../../workflows/messages.ts'
import { callTemporal, deadlines } from './call-temporal.ts'
import type { Temporal } from './runs.ts'

/** A signal, not an update: it is kept by the server although no worker is there. False when the run is over. */
export async function recordOutput(
  { connection, client }: Temporal,
  id: string,
  message: OutputMessage,
): Promise<boolean> {
  try {
    await callTemporal(connection, deadlines.writeMs, () =>
      client.workflow.getHandle(id).signal(OUTPUT_SIGNAL, message),
    )
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
