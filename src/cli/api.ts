import { createApp } from '../../api/app.ts'
import { serve } from '../../api/server.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createLogs } from '../logs/logs.ts'
import { connectTemporal } from '../temporal/connect.ts'
import { createRuns } from '../temporal/runs.ts'
import { connectCluster } from './cluster.ts'
import { untilTold } from './until-told.ts'

/** Serves the HTTP API until it is told to stop. Boots while Temporal or Kubernetes are away; /readyz says so. */
export async function api(): Promise<void> {
  const config = readConfig()
  const log = createLog('api')
  const kube = connectCluster(config)
  const connection = connectTemporal({ address: config.temporal.address })
  const { namespace, uiUrl } = config.temporal
  const apiUrl = `http://${config.host}:${config.port}`
  const app = createApp({
    catalog: createCatalog(kube, { instance: config.instance }),
    runs: createRuns({ connection, namespace, uiUrl, apiUrl }),
    logs: createLogs(kube),
  })
  const stop = new AbortController()
  const served = serve(app, { host: config.host, port: config.port, signal: stop.signal })
  log('info', 'listening', { url: apiUrl })
  await Promise.race([untilTold(), served])
  stop.abort()
  await served
  await connection.close()
  await kube.close()
}
