import { describe, expect, it } from 'vitest'
import { createApp, MAX_BODY_BYTES } from '../../api/app.ts'
import { badFlow, flow, yaml } from '../operations/manifests.ts'
import { createMemoryDeps, type MemoryDeps, onlyRun } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'

const post = (deps: MemoryDeps, body: string, type?: string, query = '') =>
  createApp(deps).request(`/v1/manifests${query}`, {
    method: 'POST',
    body: Buffer.from(body),
    ...(type === undefined ? {} : { headers: { 'content-type': type } }),
  })

describe('POST /v1/manifests', () => {
  it('200: one result per document', async () => {
    const deps = createMemoryDeps()
    const answer = await post(deps, yaml(flow('demo'), badFlow('bad')))
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      results: [
        {
          document: 1,
          kind: 'JobFlow',
          namespace: 'default',
          name: 'demo',
          result: 'created',
          runId: onlyRun(deps),
        },
        { document: 2, result: 'refused', issues: [{ document: 2, path: 'spec.flows' }] },
      ],
    })
  })

  it.each([
    'application/yaml',
    'application/yaml; charset=utf-8',
    'text/yaml',
    'text/plain',
    'application/x-www-form-urlencoded',
    'Application/X-YAML',
    undefined,
  ])('200: accepts YAML as %s', async (type) => {
    expect((await post(createMemoryDeps(), yaml(flow('demo')), type)).status).toBe(200)
  })

  it.each(['application/json', 'application/json; charset=utf-8'])(
    '200: accepts JSON as %s',
    async (type) => {
      expect((await post(createMemoryDeps(), JSON.stringify(flow('demo')), type)).status).toBe(200)
    },
  )

  it.each(['?dryRun=true', '?dryRun', '?dryRun=1'])('200: %s starts nothing', async (query) => {
    const deps = createMemoryDeps()
    const { results } = (await (await post(deps, yaml(flow('demo')), undefined, query)).json()) as {
      results: object[]
    }
    expect(results).toMatchObject([{ result: 'created', plan: { nodes: [{ id: 'a' }] } }])
    expect(deps.started.size).toBe(0)
  })

  it('200: dryRun=false starts the run', async () => {
    const deps = createMemoryDeps()
    await post(deps, yaml(flow('demo')), undefined, '?dryRun=false')
    expect(deps.started.size).toBe(1)
  })

  it('413: says how large a body may be, with or without a Content-Length', async () => {
    const large = 'x'.repeat(MAX_BODY_BYTES + 1)
    const counted = createApp(createMemoryDeps()).request('/v1/manifests', {
      method: 'POST',
      body: new Blob([large]).stream(),
      duplex: 'half',
    })
    for (const answer of [post(createMemoryDeps(), large), counted]) {
      expect((await problemOf(answer, 413)).detail).toContain('3145728')
    }
  })

  it.each(['multipart/form-data; boundary=x', 'image/png'])('415: refuses %s', async (type) => {
    const { detail } = await problemOf(post(createMemoryDeps(), 'x', type), 415)
    expect(detail).toContain('--data-binary')
  })

  it('422: all refused, with the results and all issues', async () => {
    const problem = await problemOf(post(createMemoryDeps(), yaml(badFlow('a'), badFlow('b'))), 422)
    expect(problem.results).toMatchObject([{ result: 'refused' }, { result: 'refused' }])
    expect(problem.issues?.map(({ document }) => document)).toEqual([1, 2])
  })

  it('422: an empty body', async () => {
    expect((await problemOf(post(createMemoryDeps(), ''), 422)).detail).toContain('no document')
  })

  it('422: an unknown parameter, since ?dryrun=true must not start a run', async () => {
    const deps = createMemoryDeps()
    const { issues } = await problemOf(post(deps, yaml(flow('demo')), undefined, '?dryrun=true'), 422)
    expect(issues).toMatchObject([{ document: 0, path: 'dryrun', rule: 'unknown-field' }])
    expect(deps.started.size).toBe(0)
  })

  it.each(['?namespace=Not_A_Name', '?dryRun=maybe'])('422: %s', async (query) => {
    await problemOf(post(createMemoryDeps(), yaml(flow('demo')), undefined, query), 422)
  })

  it('503: says what is stored, and when to retry', async () => {
    const deps = createMemoryDeps()
    deps.fail('start', 'unavailable')
    const answer = await post(deps, yaml(flow('demo')))
    expect(answer.headers.get('retry-after')).toBe('5')
    expect((await problemOf(answer, 503)).detail).toContain('Stored but not started: JobFlow default/demo')
  })
})
