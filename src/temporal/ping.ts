import { callTemporal, deadlines } from './call-temporal.ts'
import type { Temporal } from './temporal.ts'

/** Asks for the namespace and not just for the server: a missing namespace is the usual misconfiguration. */
export async function ping({ connection, namespace }: Temporal): Promise<void> {
  await callTemporal(connection, deadlines.pingMs, () =>
    connection.workflowService.describeNamespace({ namespace }),
  )
}
