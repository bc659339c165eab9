import { createApp } from '../../api/app.ts'
import { createMemoryDeps, type MemoryDeps } from '../operations/memory-deps.ts'

export const ref = { namespace: 'default', name: 'nightly' }
export const path = '/v1/schedules/default/nightly'
const pipeline = {
  apiVersion: 'controller.ljchen.net/v1',
  kind: 'Pipeline',
  metadata: ref,
  spec: {
    batchJob: { input: { apiServer: { url: 'http://data.example' } }, outputs: [] },
    strategy: { expire: '2030-12-31 23:59:59', cronExpression: '0 5 * * *' },
  },
}

/** The ports in memory, with a stored Pipeline and its schedule. */
export async function scheduled(): Promise<MemoryDeps> {
  const deps = createMemoryDeps()
  await deps.catalog.create(structuredClone(pipeline))
  await deps.schedules.ensure(ref, {
    cron: '0 5 * * *',
    timing: { everyMs: 86_400_000 },
    timeZone: 'UTC',
    overlap: 'allow',
    catchUpWindowMs: 3_600_000,
  })
  return deps
}

export const call = (
  deps: MemoryDeps,
  method: string,
  at = path,
  body?: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) =>
  createApp(deps).request(at, {
    method,
    ...(body === undefined ? {} : { headers, body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

export const foreign = {
  'content-type': 'application/json',
  origin: 'http://elsewhere.example',
  'sec-fetch-site': 'cross-site',
}
