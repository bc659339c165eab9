import type { ConnectionLike } from '@temporalio/client'
import { createCatalog } from '../catalog/catalog.ts'
import type { Config } from '../config.ts'
import { createIdentity } from '../identity/identity.ts'
import type { Kube } from '../kube/client.ts'
import { createLogs } from '../logs/logs.ts'
import type { Deps } from '../operations/ports.ts'
import { createRuns } from '../temporal/runs.ts'
import { createSchedules } from '../temporal/schedules.ts'

/** What operations need, from the adapters: the API has it for requests, a worker for the runs of schedules. */
export function createDeps(config: Config, kube: Kube, connection: ConnectionLike): Deps {
  const { host, port, instance, settings } = config
  const { namespace, uiUrl } = config.temporal
  const temporal = { connection, namespace, uiUrl, apiUrl: `http://${host}:${port}` }
  return {
    catalog: createCatalog(kube, { instance }),
    runs: createRuns(temporal),
    schedules: createSchedules(temporal),
    logs: createLogs(kube),
    identity: createIdentity(kube, { instance }),
    settings,
  }
}
