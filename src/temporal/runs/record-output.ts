import { WorkflowNotFoundError } from '@temporalio/client'
import type { Json } from '../../lib/json.ts'
import { INPUT_QUERY, OUTPUT_SIGNAL, type OutputMessage } from '../../model/messages.ts'
import { AppError } from '../../operations/app-error.ts'
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
