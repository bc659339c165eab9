import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { isJsonObject, type JsonObject } from '../../src/lib/json.ts'
import { createMemoryDeps } from '../operations/memory-deps.ts'

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']

/** The status codes of each operation, besides 500. */
const declared: Record<string, number[]> = {
  submitManifests: [200, 403, 413, 415, 422, 503],
  startRun: [200, 201, 400, 403, 404, 409, 413, 415, 422, 503],
  listRuns: [200, 422, 503],
  getRun: [200, 404, 410, 503],
  cancelRun: [202, 403, 404, 409, 503],
  deleteRun: [202, 204, 403, 404, 503],
  readLogs: [200, 404, 410, 422, 503],
  listDefinitions: [200, 422, 503],
  getDefinition: [200, 404, 422, 503],
  putDefinition: [200, 201, 403, 409, 412, 413, 415, 422, 503],
  deleteDefinition: [204, 403, 404, 412, 422, 503],
  listSchedules: [200, 422, 503],
  getSchedule: [200, 404, 422, 503],
  configureSchedule: [200, 400, 403, 404, 409, 413, 415, 422, 503],
  pauseSchedule: [200, 400, 403, 404, 409, 413, 415, 422, 503],
  resumeSchedule: [200, 400, 403, 404, 409, 413, 415, 422, 503],
  triggerSchedule: [202, 403, 404, 409, 422, 503],
  backfillSchedule: [202, 400, 403, 404, 413, 415, 422, 503],
  getWorkflowSchema: [200],
  recordOutput: [204, 401, 403, 409, 413, 422, 503],
  postOutput: [204, 401, 403, 409, 413, 422, 503],
  readInput: [200, 401, 403, 404, 410, 503],
  isAlive: [200],
  isReady: [200, 503],
}

let document: JsonObject
let operations: { path: string; method: string; operation: JsonObject }[]

beforeAll(async () => {
  const answer = await createApp(createMemoryDeps()).request('/openapi.json')
  expect(answer.status).toBe(200)
  document = (await answer.json()) as JsonObject
  operations = Object.entries(document.paths as JsonObject).flatMap(([path, item]) =>
    Object.entries(item as JsonObject)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ path, method, operation: operation as JsonObject })),
  )
})

function* objects(value: unknown): Generator<JsonObject> {
  if (Array.isArray(value)) for (const item of value) yield* objects(item)
  if (!isJsonObject(value)) return
  yield value
  for (const item of Object.values(value)) yield* objects(item)
}

const at = (pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (isJsonObject(value) ? value[key] : undefined), document)

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 with a title and a version', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Millrace', version: expect.any(String) },
    })
  })

  it('has no dangling reference', () => {
    const refs = [...objects(document)].flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []))
    expect(refs.length).toBeGreaterThan(20)
    expect(refs.filter((ref) => !ref.startsWith('#/components/') || at(ref) === undefined)).toEqual([])
  })

  it('has exactly the operations of the API, each with a summary and a tag', () => {
    expect(operations.map(({ operation }) => operation.operationId).toSorted()).toEqual(
      Object.keys(declared).toSorted(),
    )
    for (const { operation } of operations) {
      expect(operation).toMatchObject({ summary: expect.stringMatching(/\w/), tags: [expect.any(String)] })
    }
  })

  it.each(Object.entries(declared))(
    '%s declares its status codes, and problem+json for errors',
    (id, statuses) => {
      const operation = operations.find((each) => each.operation.operationId === id)?.operation
      const responses = (operation?.responses ?? {}) as Record<string, JsonObject>
      expect(
        Object.keys(responses)
          .map(Number)
          .toSorted((a, b) => a - b),
      ).toEqual([...statuses, 500].toSorted((a, b) => a - b))
      for (const [status, response] of Object.entries(responses)) {
        expect(response.description).toMatch(/\w/)
        if (Number(status) < 400) continue
        expect(response.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        })
      }
    },
  )

  it('declares every path parameter as required', () => {
    for (const { path, operation } of operations) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const parameters = ((operation.parameters ?? []) as JsonObject[]).filter((each) => each.in === 'path')
      expect(parameters.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
      expect(parameters.every(({ required }) => required === true)).toBe(true)
    }
  })

  it('requires every request body, except the optional reason of pause and resume', () => {
    const optional = operations
      .filter(({ operation: { requestBody } }) => isJsonObject(requestBody) && requestBody.required !== true)
      .map(({ operation }) => operation.operationId)
    expect(optional.toSorted()).toEqual(['pauseSchedule', 'resumeSchedule'])
  })

  it('names the schemas', () => {
    const { schemas } = document.components as { schemas: JsonObject }
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        'Run',
        'RunSummary',
        'Node',
        'Attempt',
        'Problem',
        'Issue',
        'ManifestResult',
        'Definition',
        'Schedule',
      ]),
    )
  })
})

describe('/docs', () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    createApp(createMemoryDeps()).request(path, { headers })

  it('loads every file from this server', async () => {
    const page = await get('/docs')
    const html = await page.text()
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file)
    expect(files.filter((file) => /^(https?:)?\/\//.test(file))).toEqual([])
    for (const file of files) expect((await get(`/${file}`)).status, file).toBe(200)
    expect(html).not.toMatch(/<script>/)
  })

  it.each([
    ['/docs/swagger-ui.css', 'text/css'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript'],
    ['/docs/start.js', 'text/javascript'],
    ['/docs/favicon-32x32.png', 'image/png'],
  ])('%s is %s', async (path, type) => {
    expect((await get(path)).headers.get('content-type')).toContain(type)
  })

  it.each(['/docs/package.json', '/docs/..%2fpackage.json', '/docs/constructor'])(
    'does not serve %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )

  it('is where / redirects a browser; other clients get the addresses as JSON', async () => {
    const browser = await get('/', { accept: 'text/html' })
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/docs'])
    expect(await (await get('/')).json()).toMatchObject({ docs: '/docs', openapi: '/openapi.json' })
  })
})
