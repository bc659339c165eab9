import { createMiddleware } from 'hono/factory'
import type { Log } from '../../src/telemetry/log.ts'
import type { ApiEnv } from '../deps.ts'

/** Probes call these every few seconds, so they are logged only when they fail. */
const probes = ['/healthz', '/readyz']

/** Logs one line per request when its response begins: a stream is logged before it ends. */
export const accessLog = (log: Log) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const startedAt = performance.now()
    await next()
    const { status } = c.res
    if (status < 400 && probes.includes(c.req.path)) return
    log(status >= 500 ? 'error' : 'info', 'request', {
      requestId: c.get('requestId'),
      method: c.req.method,
      path: c.req.path,
      status,
      ms: Math.round(performance.now() - startedAt),
      actor: c.get('actor')?.name,
    })
  })
