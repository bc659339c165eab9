import { createMiddleware } from 'hono/factory'
import type { Log } from '../../src/telemetry/log.ts'
import type { ApiEnv } from '../deps.ts'

/** Asked every few seconds by whoever watches over the process: of interest only when they fail. */
const probes = ['/healthz', '/readyz']

/** One line per request, when its answer begins: a stream is logged before it has ended. */
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
