import type { ConnectionLike } from '@temporalio/client'
import type { Config } from '../config/config.ts'
import { createIdentity } from '../kubernetes/auth/identity.ts'
import type { Kube } from '../kubernetes/client/client.ts'
import { createLogs } from '../kubernetes/logs/logs.ts'
import { createCatalog } from '../kubernetes/objects/catalog.ts'
import type { Deps } from '../operations/deps.ts'
import { createRuns } from '../temporal/runs/runs.ts'
import { createSchedules } from '../temporal/schedules/schedules.ts'

/** The implementations of the ports. The API uses them for requests, a worker for scheduled runs. */
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
