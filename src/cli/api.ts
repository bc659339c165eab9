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
  const app = createApp({
    catalog: createCatalog(kube, { instance }),
    runs: createRuns({ connection, namespace, uiUrl, apiUrl: `http://${host}:${port}` }),
    logs: createLogs(kube),
    log,
    closing: closing.signal,
    ...(isLoopback(host) ? { hosts: ['127.0.0.1', 'localhost', '[::1]'] } : {}),
  })
  const onListening = (url: string): void => log('info', 'listening', { url })
  await serve(app, { host, port, signal: closing.signal, onListening })
  await connection.close()
  await kube.close()
}
