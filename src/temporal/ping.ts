import { callTemporal, deadlines } from './call-temporal.ts'
import type { Temporal } from './temporal.ts'

/** Checks the namespace too: a missing namespace is the usual misconfiguration. */
export async function ping({ connection, namespace }: Temporal): Promise<void> {
  await callTemporal(connection, deadlines.pingMs, () =>
    connection.workflowService.describeNamespace({ namespace }),
  )
}
