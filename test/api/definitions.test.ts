import { describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { badTemplate, template, yaml } from '../operations/manifests.ts'
import { createMemoryDeps, type MemoryDeps } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'

const path = '/v1/definitions/JobTemplate/default/t'
const call = (
  deps: MemoryDeps,
  method: string,
  options: { body?: string; ifMatch?: string; type?: string } = {},
  at = path,
) =>
  createApp(deps).request(at, {
    method,
    ...(options.body === undefined ? {} : { body: options.body }),
    headers: {
      ...(options.ifMatch === undefined ? {} : { 'if-match': options.ifMatch }),
      'content-type': options.type ?? 'application/yaml',
    },
  })
const put = (deps: MemoryDeps, command = '1', ifMatch?: string) =>
  call(deps, 'PUT', { body: yaml(template('t', command)), ...(ifMatch === undefined ? {} : { ifMatch }) })

const putError = async (deps: MemoryDeps, method: string): Promise<void> => {
  deps.fail('get', 'unavailable')
  await problemOf(call(deps, method, method === 'PUT' ? { body: yaml(template('t')) } : {}), 503)
}

describe('PUT /v1/definitions/{kind}/{namespace}/{name}', () => {
  it('201 for a new object, 200 for an existing one, each with its version', async () => {
    const deps = createMemoryDeps()
    const answers = [await put(deps, '1'), await put(deps, '2'), await put(deps, '2')]
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200])
    const etags = answers.map(({ headers }) => headers.get('etag'))
    expect(etags[0]).toMatch(/^"\d+"$/)
    expect(etags[1]).not.toBe(etags[0])
    expect(etags[2]).toBe(etags[1])
    expect(await answers[1]?.json()).toMatchObject({ kind: 'JobTemplate', metadata: { name: 't' } })
  })

  it('200: the version that If-Match names; 412: another one', async () => {
    const deps = createMemoryDeps()
    const etag = (await put(deps, '1')).headers.get('etag') ?? ''
    expect((await put(deps, '2', etag)).status).toBe(200)
    await problemOf(put(deps, '3', etag), 412)
    expect((await put(deps, '3', '*')).status).toBe(200)
  })

  it('409: it is being deleted', async () => {
    const deps = createMemoryDeps()
    await put(deps)
    const [object] = deps.objects.values()
    if (object) object.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    await problemOf(put(deps, '2'), 409)
  })

  it('413: too large', async () => {
    await problemOf(call(createMemoryDeps(), 'PUT', { body: 'x'.repeat(3 * 1024 * 1024 + 1) }), 413)
  })

  it('415: neither YAML nor JSON', async () => {
    await problemOf(call(createMemoryDeps(), 'PUT', { body: 'x', type: 'image/png' }), 415)
  })

  it('422: with all issues', async () => {
    const { issues } = await problemOf(
      call(createMemoryDeps(), 'PUT', { body: yaml(badTemplate('other')) }),
      422,
    )
    expect(issues?.map(({ path: at }) => at)).toEqual(expect.arrayContaining(['spec', 'metadata.name']))
  })

  it("422: the API server's own refusal", async () => {
    const deps = createMemoryDeps()
    deps.fail('create', 'refused')
    await problemOf(put(deps), 422)
  })

  it('503: Kubernetes is unavailable', () => putError(createMemoryDeps(), 'PUT'))
})

describe('GET /v1/definitions/{kind}/{namespace}/{name}', () => {
  it('200: with its version and the Jobs that were created from it', async () => {
    const deps = createMemoryDeps()
    const etag = (await put(deps)).headers.get('etag')
    const answer = await call(deps, 'GET')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).toBe(etag)
    expect(await answer.json()).toMatchObject({ status: { dependencyList: ['job-of-default-t'] } })
  })

  it('404: not stored', async () => {
    await problemOf(call(createMemoryDeps(), 'GET'), 404)
  })

  it.each(['/v1/definitions/Pod/default/t', '/v1/definitions/JobTemplate/default/T_'])(
    '422: %s',
    async (at) => {
      await problemOf(call(createMemoryDeps(), 'GET', {}, at), 422)
    },
  )

  it('503: Kubernetes is unavailable', () => putError(createMemoryDeps(), 'GET'))
})

describe('GET /v1/definitions/{kind}', () => {
  it('200: all, or those of a namespace', async () => {
    const deps = createMemoryDeps()
    await put(deps)
    const names = async (query: string): Promise<string[]> => {
      const answer = await call(deps, 'GET', {}, `/v1/definitions/JobTemplate${query}`)
      expect(answer.status).toBe(200)
      const { definitions } = (await answer.json()) as { definitions: { metadata: { name: string } }[] }
      return definitions.map(({ metadata }) => metadata.name)
    }
    expect(await names('')).toEqual(['t'])
    expect(await names('?namespace=other')).toEqual([])
  })

  it('422: an unknown kind', async () => {
    await problemOf(call(createMemoryDeps(), 'GET', {}, '/v1/definitions/Pod'), 422)
  })

  it('503: Kubernetes is unavailable', async () => {
    const deps = createMemoryDeps()
    deps.fail('list', 'unavailable')
    await problemOf(call(deps, 'GET', {}, '/v1/definitions/JobTemplate'), 503)
  })
})

describe('DELETE /v1/definitions/{kind}/{namespace}/{name}', () => {
  it('204: it is deleted', async () => {
    const deps = createMemoryDeps()
    await put(deps)
    expect((await call(deps, 'DELETE')).status).toBe(204)
    await problemOf(call(deps, 'DELETE'), 404)
  })

  it('412: another version', async () => {
    const deps = createMemoryDeps()
    await put(deps)
    await problemOf(call(deps, 'DELETE', { ifMatch: '"0"' }), 412)
  })

  it('422: an unknown kind', async () => {
    await problemOf(call(createMemoryDeps(), 'DELETE', {}, '/v1/definitions/Pod/default/t'), 422)
  })

  it('503: Kubernetes is unavailable', () => putError(createMemoryDeps(), 'DELETE'))
})
