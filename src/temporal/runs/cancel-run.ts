import { WorkflowNotFoundError } from '@temporalio/client'
import { callTemporal, deadlines } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'

/**
 * Requests cancellation of a run. False when there is no such run. The server also answers "not found" for a
 * run that has ended, so a second call tells the two apart.
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
