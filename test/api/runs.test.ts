import { describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { submitManifests } from '../../src/operations/manifests/submit-manifests.ts'
import { flow, template, yaml } from '../operations/manifests.ts'
import { createMemoryDeps, depsWith, type MemoryDeps, onlyRun } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'

const actor = { name: 'test' }
const id = 'jobflow.api.practice.com/default/demo/00000001'

const call = (deps: MemoryDeps, method: string, path: string) => createApp(deps).request(path, { method })

describe('POST /v1/runs', () => {
  const start = (deps: MemoryDeps, body: unknown, headers: Record<string, string> = {}) =>
    createApp(deps).request('/v1/runs', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const nightly = { definition: { kind: 'JobTemplate', name: 'nightly' } }

  it('201: with the Location of the run', async () => {
    const deps = await depsWith(template('nightly'))
    const answer = await start(deps, nightly)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/v1/runs/${encodeURIComponent(onlyRun(deps))}`)
    expect(await answer.json()).toMatchObject({ id: onlyRun(deps), result: 'created', warnings: [] })
    const there = await createApp(deps).request(answer.headers.get('location') ?? '')
    expect(there.status).toBe(200)
  })

  it('200: the same Idempotency-Key finds the same run', async () => {
    const deps = await depsWith(template('nightly'))
    const first = await start(deps, nightly, { 'idempotency-key': 'k' })
    const second = await start(deps, nightly, { 'idempotency-key': 'k' })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
  })

  it('400: malformed JSON', async () => {
    await problemOf(start(createMemoryDeps(), '{'), 400)
  })

  it('404: no such definition', async () => {
    expect((await problemOf(start(createMemoryDeps(), nightly), 404)).detail).toBe(
      'JobTemplate default/nightly does not exist.',
    )
  })

  it('409: the name is taken', async () => {
    const deps = await depsWith(template('nightly'), flow('mine'))
    await problemOf(start(deps, { ...nightly, name: 'mine' }), 409)
  })

  it('413: the body is too large', async () => {
    await problemOf(start(createMemoryDeps(), 'x'.repeat(3 * 1024 * 1024 + 1)), 413)
  })

  it.each(['text/plain', 'application/yaml'])('415: %s', async (type) => {
    await problemOf(start(createMemoryDeps(), nightly, { 'content-type': type }), 415)
  })

  it.each([
    ['a definition and a manifest', { ...nightly, manifest: flow('demo') }, ''],
    ['neither', {}, ''],
    ['an unknown field', { ...nightly, retries: 3 }, 'retries'],
    ['an unknown kind', { definition: { kind: 'Thing', name: 'x' } }, 'definition.kind'],
    ['inputs for a JobTemplate', { ...nightly, inputs: {} }, 'inputs'],
    ['a name beside a manifest', { manifest: flow('demo'), name: 'x' }, 'name'],
    ['an empty body', '', ''],
  ])('422: %s', async (_, body, path) => {
    const deps = await depsWith(template('nightly'))
    const { issues } = await problemOf(start(deps, body), body === '' ? 400 : 422)
    if (body !== '') expect(issues?.map((issue) => issue.path)).toContain(path)
  })

  it('503: Kubernetes is unavailable', async () => {
    const deps = createMemoryDeps()
    deps.fail('get', 'unavailable')
    await problemOf(start(deps, nightly), 503)
  })
})

describe('GET /v1/runs', () => {
  it('200: a page and the cursor of the next page', async () => {
    const deps = await depsWith(flow('one'), flow('two'))
    const answer = await call(deps, 'GET', '/v1/runs?limit=1&namespace=default&kind=JobFlow&phase=Running')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ runs: [{ name: 'two', phase: 'Running' }], next: 'more' })
  })

  it.each(['limit=0', 'limit=201', 'limit=x', 'phase=Odd', 'kind=Pod', 'cursor=odd', 'unknown=1'])(
    '422: %s',
    async (query) => {
      await problemOf(call(createMemoryDeps(), 'GET', `/v1/runs?${query}`), 422)
    },
  )

  it('503: Temporal is unavailable', async () => {
    const deps = createMemoryDeps()
    deps.fail('listRuns', 'unavailable')
    await problemOf(call(deps, 'GET', '/v1/runs'), 503)
  })
})

describe('GET /v1/runs/{id}', () => {
  it.each([
    `/v1/runs/${encodeURIComponent(id)}`,
    `/v1/runs/${encodeURIComponent(id).toLowerCase()}`,
    `/v1/runs/${id}`,
    `/v1/runs/${id}/`,
    '/v1/runs/JobFlow.api.practice.com/default/demo/00000001',
    `/v1/runs/${encodeURIComponent(id)}/`,
  ])('200: %s', async (path) => {
    const answer = await call(await depsWith(flow('demo')), 'GET', path)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ id, phase: 'Running', temporalUrl: expect.any(String) })
  })

  it.each([
    '/v1/runs/odd',
    '/v1/runs/jobflow.api.practice.com/default/demo/ffffffff',
    '/v1/runs/jobflow.api.practice.com/default/demo',
  ])('404: %s', async (path) => {
    await problemOf(call(await depsWith(flow('demo')), 'GET', path), 404)
  })

  it('410: its history has been deleted', async () => {
    const deps = await depsWith(flow('demo'))
    deps.started.clear()
    await problemOf(call(deps, 'GET', `/v1/runs/${id}`), 410)
  })

  it('503: Temporal is unavailable', async () => {
    const deps = await depsWith(flow('demo'))
    deps.fail('getRun', 'unavailable')
    await problemOf(call(deps, 'GET', `/v1/runs/${id}`), 503)
  })
})

describe('POST /v1/runs/{id}/cancel', () => {
  it.each([id, encodeURIComponent(id)])('202: %s', async (each) => {
    const answer = await call(await depsWith(flow('demo')), 'POST', `/v1/runs/${each}/cancel`)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toEqual({ id })
  })

  it('404: no such run', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', `/v1/runs/${id}/cancel`), 404)
  })

  it('409: it was not started', async () => {
    const deps = createMemoryDeps()
    deps.fail('start', 'unavailable')
    await submitManifests({ deps, actor, input: { text: yaml(flow('demo')) } }).catch(() => {})
    await problemOf(call(deps, 'POST', `/v1/runs/${id}/cancel`), 409)
  })

  it('503: Temporal is unavailable', async () => {
    const deps = await depsWith(flow('demo'))
    deps.fail('cancel', 'unavailable')
    await problemOf(call(deps, 'POST', `/v1/runs/${id}/cancel`), 503)
  })
})

describe('DELETE /v1/runs/{id}', () => {
  it('204: it is deleted', async () => {
    const deps = await depsWith(flow('demo'))
    expect((await call(deps, 'DELETE', `/v1/runs/${id}`)).status).toBe(204)
    expect(deps.objects.size).toBe(0)
  })

  it('202: it has not ended yet', async () => {
    const deps = await depsWith(flow('demo'))
    deps.neverEnding.add(id)
    const answer = await call(deps, 'DELETE', `/v1/runs/${id}`)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toMatchObject({ id, message: expect.stringContaining('has not ended yet') })
  })

  it('404: no such run', async () => {
    await problemOf(call(createMemoryDeps(), 'DELETE', `/v1/runs/${id}`), 404)
  })

  it('503: Kubernetes is unavailable', async () => {
    const deps = await depsWith(flow('demo'))
    deps.fail('delete', 'unavailable')
    await problemOf(call(deps, 'DELETE', `/v1/runs/${id}`), 503)
  })
})
