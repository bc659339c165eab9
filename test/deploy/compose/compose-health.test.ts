import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../../api/app.ts'
import { serve } from '../../../api/server.ts'
import { readConfig } from '../../../src/config/config.ts'
import { createMemoryDeps, type MemoryDeps } from '../../operations/memory-deps.ts'
import { checkOf, onPort, runCheck, urlIn } from './compose-check.ts'
import { readComposeFile, root, serviceOf } from './compose-file.ts'
import { freePort, portOf } from './free-port.ts'

const compose = readComposeFile()
const checked = Object.entries(compose.services).flatMap(([name, { healthcheck }]) =>
  healthcheck ? [{ name, ...healthcheck }] : [],
)

describe('health checks in docker-compose.yml', () => {
  it.each(checked)(
    '$name: tolerate a machine five times slower',
    ({ interval, timeout, start_period, retries }) => {
      // While running: the API's own probes take up to 4 s, and a process starts in one. At a start: minutes of
      // image pulls do not count, but a first start with an empty database on two busy cores does.
      expect(seconds(timeout)).toBeGreaterThanOrEqual(20)
      expect(seconds(interval) * retries).toBeGreaterThanOrEqual(30)
      expect(seconds(start_period)).toBeGreaterThanOrEqual(600)
      // Each check starts a process.
      expect(seconds(interval)).toBeGreaterThanOrEqual(10)
    },
  )

  it("worker: uses the address of the worker's health server", () => {
    const { host, workerPort } = readConfig(serviceOf(compose, 'worker').environment)
    const { protocol, port, pathname } = urlIn(checkOf('worker'))
    expect({ protocol, port }).toEqual({ protocol: 'http:', port: String(workerPort) })
    expect(['127.0.0.1', '0.0.0.0']).toContain(host)
    const worker = readFileSync(join(root, 'src/server/worker/health.ts'), 'utf8')
    expect(worker).toContain('.listen(port, host)')
    expect(worker).toContain(`request.url === '${pathname}'`)
  })

  it('of the API: is healthy when the API can reach Temporal and the cluster', async () => {
    expect(await askApi(createMemoryDeps())).toBe(0)
  })

  it.each(['pingTemporal', 'pingKubernetes'])('of the API: is not when it cannot: %s', async (method) => {
    const deps = createMemoryDeps()
    deps.fail(method, 'unavailable')
    expect(await askApi(deps)).toBe(1)
  })

  it.each(['worker', 'api'])('%s: fails without a server, and on an error status', async (name) => {
    const [ok, unready, missing] = await Promise.all([200, 503, 404].map((status) => askServer(name, status)))
    expect({ ok, unready, missing }).toEqual({ ok: 0, unready: 1, missing: 1 })
    expect(await runCheck(onPort(checkOf(name), await freePort()))).toBe(1)
  })
})

/** The check of the API as it is, against the API on a port of this test's, with `deps` behind it. */
async function askApi(deps: MemoryDeps): Promise<number> {
  const port = await freePort()
  const env = { MILLRACE_PORT: String(port) }
  const { host } = readConfig(serviceOf(readComposeFile(env), 'api').environment)
  const closing = new AbortController()
  const { promise: isListening, resolve } = Promise.withResolvers<string>()
  const served = serve(createApp(deps), { host, port, signal: closing.signal, onListening: resolve })
  await isListening
  try {
    return await runCheck(checkOf('api', env))
  } finally {
    closing.abort()
    await served
  }
}

/** The check of a service against a server that always sends this status. */
async function askServer(name: string, status: number): Promise<number> {
  const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await runCheck(onPort(checkOf(name), portOf(server)))
  } finally {
    server.close()
  }
}

/** Reads a duration of the file: 10s, 15m. */
function seconds(duration: string): number {
  const [, count, unit] = /^(\d+)([sm])$/.exec(duration) ?? []
  return Number(count) * (unit === 'm' ? 60 : 1)
}
