import { WorkflowNotFoundError } from '@temporalio/client'
import { callTemporal, deadlines } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'

/**
 * Asks a run to end. False when there is no such run. The server says "not found" of a run that has ended
 * too, so a second question tells the two apart.
 */
export async function cancelRun({ connection, client }: Temporal, id: string): Promise<boolean> {
  const handle = client.workflow.getHandle(id)
  try {
    await callTemporal(connection, deadlines.writeMs, () => handle.cancel())
    return true
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
  try {
    await callTemporal(connection, deadlines.readMs, () => handle.describe())
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
