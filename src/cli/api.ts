import { createApp } from '../../api/app.ts'
import { createJobsApp } from '../../api/jobs-app.ts'
import { serve } from '../../api/server.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { readConfig } from '../config.ts'
import { createIdentity } from '../identity/identity.ts'
import { createLog } from '../log.ts'
import { createLogs } from '../logs/logs.ts'
import { connectTemporal } from '../temporal/connect.ts'
import { createRuns } from '../temporal/runs.ts'
import { createSchedules } from '../temporal/schedules.ts'
import { connectCluster } from './cluster.ts'
import { untilTold } from './until-told.ts'

/** On loopback the API is open, so a web page must not reach it under a name that was bent to 127.0.0.1. */
const isLoopback = (host: string): boolean => ['127.0.0.1', 'localhost', '::1'].includes(host)

/** Serves the HTTP API until it is told to stop. Boots while Temporal or Kubernetes are away; /readyz says so. */
export async function api(): Promise<void> {
  const config = readConfig()
  const log = createLog('api')
  const kube = connectCluster(config)
  const connection = connectTemporal({ address: config.temporal.address })
  const { namespace, uiUrl } = config.temporal
  const { host, port, instance } = config
  const closing = new AbortController()
  void untilTold().then(() => closing.abort())
  const temporal = { connection, namespace, uiUrl, apiUrl: `http://${host}:${port}` }
  const deps = {
    catalog: createCatalog(kube, { instance }),
    runs: createRuns(temporal),
    schedules: createSchedules(temporal),
    logs: createLogs(kube),
    identity: createIdentity(kube, { instance }),
    settings: config.settings,
    log,
    closing: closing.signal,
  }
  const app = createApp({
    ...deps,
    ...(isLoopback(host) ? { hosts: ['127.0.0.1', 'localhost', '[::1]'] } : {}),
  })
  const { signal } = closing
  const listen = (what: string) => (url: string) => log('info', 'listening', { url, for: what })
  await Promise.all([
    serve(app, { host, port, signal, onListening: listen('everybody') }),
    serve(createJobsApp(deps), {
      host: config.jobs.host,
      port: config.jobs.port,
      signal,
      onListening: listen('jobs'),
    }),
  ]).finally(() => closing.abort())
  await connection.close()
  await kube.close()
}
