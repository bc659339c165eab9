import { WorkflowNotFoundError } from '@temporalio/client'
import { OUTPUT_SIGNAL, type OutputMessage } from '../../model/messages/run-messages.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'

/** Half of the server's limits for a history: 50 MiB and 51,200 events. The rest is for the run itself. */
const MAX_HISTORY_BYTES = 25 * 1024 * 1024
const MAX_HISTORY_EVENTS = 25_000

/** A signal, not an update: the server keeps it while no worker runs. */
export async function recordOutput(
  { connection, client }: Temporal,
  id: string,
  message: OutputMessage,
): Promise<'recorded' | 'ended' | 'full'> {
  const handle = client.workflow.getHandle(id)
  try {
    const { historySize = 0, historyLength } = await callTemporal(connection, deadlines.readMs, () =>
      handle.describe(),
    )
    if (historySize > MAX_HISTORY_BYTES || historyLength > MAX_HISTORY_EVENTS) return 'full'
    await callTemporal(connection, deadlines.writeMs, () => handle.signal(OUTPUT_SIGNAL, message))
    return 'recorded'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'ended'
    throw error
  }
}
