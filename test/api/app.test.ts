import { hc } from 'hono/client'
import { describe, expect, it } from 'vitest'
import { type App, createApp } from '../../api/app.ts'
import { AppError } from '../../src/operations/app-error.ts'
import { createMemoryDeps } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'

type Line = { level: string; message: string; fields: Record<string, unknown> | undefined }

function logged(deps = createMemoryDeps()): { app: App; lines: Line[] } {
  const lines: Line[] = []
  const app = createApp({ ...deps, log: (level, message, fields) => lines.push({ level, message, fields }) })
  return { app, lines }
}

describe('health', () => {
  it('/healthz is 200 even if Temporal is unavailable', async () => {
    const deps = createMemoryDeps()
    deps.fail('pingTemporal', 'unavailable')
    expect((await createApp(deps).request('/healthz')).status).toBe(200)
  })

  it('/readyz is 200 if Temporal and the API server are reachable', async () => {
    const answer = await createApp(createMemoryDeps()).request('/readyz')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ status: 'ok', temporal: 'ok', kubernetes: 'ok' })
  })

  it.each([
    ['pingTemporal', 'temporal: pingTemporal failed: unavailable; kubernetes: ok'],
    ['pingKubernetes', 'temporal: ok; kubernetes: pingKubernetes failed: unavailable'],
  ])('/readyz is 503 and names what is unavailable: %s', async (method, detail) => {
    const deps = createMemoryDeps()
    deps.fail(method, 'unavailable')
    expect((await problemOf(createApp(deps).request('/readyz'), 503)).detail).toBe(detail)
  })
})

describe('a request without a route', () => {
  it('is 404', async () => {
    expect((await problemOf(createApp(createMemoryDeps()).request('/v2/runs'), 404)).detail).toContain(
      '/v2/runs',
    )
  })

  it.each([
    ['DELETE', '/v1/manifests', 'POST'],
    ['PUT', '/v1/runs', 'GET, HEAD, POST'],
    ['PATCH', '/v1/runs/jobflow.api.practice.com/default/demo/1a2b3c4d', 'GET, HEAD, DELETE'],
    ['GET', '/v1/runs/jobflow.api.practice.com/default/demo/1a2b3c4d/cancel', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('is 405 and lists the allowed methods: %s %s', async (method, path, allowed) => {
    const answer = await createApp(createMemoryDeps()).request(path, { method })
    const allow = answer.headers.get('allow')?.split(', ').toSorted()
    expect(allow).toEqual(allowed.split(', ').toSorted())
    await problemOf(answer, 405)
  })

  it('is not confused with the 404 of an unknown run', async () => {
    await problemOf(
      createApp(createMemoryDeps()).request('/v1/runs/jobflow.api.practice.com/default/demo/1a2b3c4d'),
      404,
    )
  })
})

describe('an error', () => {
  it('of our code is 500 without its message, which goes to the log with the same id', async () => {
    const deps = createMemoryDeps()
    deps.runs.list = async () => {
      throw new TypeError('secret inside')
    }
    const { app, lines } = logged(deps)
    const problem = await problemOf(app.request('/v1/runs'), 500)
    expect(JSON.stringify(problem)).not.toContain('secret')
    const line = lines.find(({ message }) => message === 'request failed')
    expect(line).toMatchObject({
      level: 'error',
      fields: { error: expect.objectContaining({ message: 'secret inside' }) },
    })
    expect(problem.instance).toBe(`urn:request:${String(line?.fields?.requestId)}`)
  })

  it('of an unavailable server is 503, and its cause goes to the log only', async () => {
    const deps = createMemoryDeps()
    deps.runs.list = async () => {
      throw new AppError('unavailable', 'Temporal cannot be reached.', {
        cause: new Error('10.0.0.1 refused'),
      })
    }
    const { app, lines } = logged(deps)
    const problem = await problemOf(app.request('/v1/runs'), 503)
    expect(JSON.stringify(problem)).not.toContain('10.0.0.1')
    const line = lines.find(({ message }) => message === 'request failed')
    expect(line?.fields?.error).toMatchObject({ cause: { message: '10.0.0.1 refused' } })
  })
})

describe('every request', () => {
  it('has an id, a new one or a valid one of the caller', async () => {
    const app = createApp(createMemoryDeps())
    expect((await app.request('/healthz')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    const given = await app.request('/healthz', { headers: { 'x-request-id': 'abc-1' } })
    expect(given.headers.get('x-request-id')).toBe('abc-1')
    const forged = await app.request('/healthz', { headers: { 'x-request-id': 'a b"c' } })
    expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('writes one log line, unless it is a successful probe', async () => {
    const { app, lines } = logged()
    await app.request('/healthz')
    await app.request('/v1/runs')
    expect(lines).toMatchObject([
      {
        level: 'info',
        message: 'request',
        fields: { method: 'GET', path: '/v1/runs', status: 200, actor: 'anonymous' },
      },
    ])
  })

  it('is answered with a Content-Security-Policy and nosniff', async () => {
    const { headers } = await createApp(createMemoryDeps()).request('/v1/runs')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('a cross-site request', () => {
  const post = (headers: Record<string, string>, hosts?: string[]) =>
    createApp({ ...createMemoryDeps(), ...(hosts ? { hosts } : {}) }).request(
      '/v1/runs/jobflow.api.practice.com/default/demo/1a2b3c4d/cancel',
      {
        method: 'POST',
        headers: { host: '127.0.0.1:8080', ...headers },
      },
    )

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
  ])('is 403: %j', async (headers) => {
    await problemOf(post(headers), 403)
  })

  it.each([
    [{}],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://behind.a.proxy' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'http://127.0.0.1:8080' }],
  ])('is not refused if it is from the same site: %j', async (headers) => {
    await problemOf(post(headers), 404)
  })

  it('is 403 for a host that is not allowed', async () => {
    const hosts = ['127.0.0.1', 'localhost', '[::1]']
    await problemOf(post({ host: 'evil.example:8080' }, hosts), 403)
    for (const host of ['127.0.0.1:8080', 'LOCALHOST', '[::1]:8080'])
      await problemOf(post({ host }, hosts), 404)
  })
})

it('the type of the app gives a typed client', async () => {
  const app = createApp(createMemoryDeps())
  const client = hc<App>('http://test', {
    fetch: async (input: string | URL | Request, init?: RequestInit) => app.request(input.toString(), init),
  })
  const page = await client.v1.runs.$get({ query: { limit: '1' } })
  if (page.status === 200) {
    const { runs } = await page.json()
    const phases: string[] = runs.map(({ phase }) => phase)
    expect(phases).toEqual([])
  }
  const one = await client.v1.runs[':id'].$get({
    param: { id: 'jobflow.api.practice.com/default/demo/1a2b3c4d' },
  })
  expect(one.status).toBe(404)
  if (one.status === 404) expect((await one.json()).title).toBe('Not found')
})
