import { createApp } from '../../api/app.ts'
import { createJobsApp } from '../../api/jobs-app.ts'
import { serve } from '../../api/server.ts'
import { readConfig } from '../config/config.ts'
import { untilShutdownSignal } from '../lib/shutdown-signal.ts'
import { createLog } from '../telemetry/log.ts'
import { connectTemporal } from '../temporal/connect.ts'
import { connectCluster } from './cluster.ts'
import { createDeps } from './deps.ts'

/** On loopback the API is open, so a web page must not reach it under a name that resolves to 127.0.0.1. */
const isLoopback = (host: string): boolean => ['127.0.0.1', 'localhost', '::1'].includes(host)

/** Serves the HTTP API until a shutdown signal. Starts without Temporal or Kubernetes; see /readyz. */
export async function api(): Promise<void> {
  const config = readConfig()
  const log = createLog('api')
  const kube = connectCluster(config)
  const connection = connectTemporal({ address: config.temporal.address })
  const { host, port } = config
  const closing = new AbortController()
  void untilShutdownSignal().then(() => closing.abort())
  const deps = { ...createDeps(config, kube, connection), log, closing: closing.signal }
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
