import { describe, expect, it } from 'vitest'
import { definitionTypes } from '../../src/manifests/kinds/kinds.ts'
import { deleteDefinition } from '../../src/operations/definitions/delete-definition.ts'
import { getDefinition } from '../../src/operations/definitions/get-definition.ts'
import { listDefinitions } from '../../src/operations/definitions/list-definitions.ts'
import { putDefinition } from '../../src/operations/definitions/put-definition.ts'
import { checkHealth } from '../../src/operations/health/check-health.ts'
import { flow, template, yaml } from './manifests.ts'
import { createMemoryDeps, type MemoryDeps, stored } from './memory-deps.ts'

const actor = { name: 'test' }
const ref = {
  apiVersion: 'api.practice.com/v1alpha1',
  kind: 'JobTemplate',
  namespace: 'default',
  name: 't',
} as const
const put = (deps: MemoryDeps, text: string, ifMatch?: string) =>
  putDefinition({ deps, actor, input: { ...ref, text, ...(ifMatch === undefined ? {} : { ifMatch }) } })

describe('putDefinition', () => {
  it('reports created, unchanged and configured', async () => {
    const deps = createMemoryDeps()
    const results = []
    for (const command of ['1', '1', '2'])
      results.push((await put(deps, yaml(template('t', command)))).result)
    expect(results).toEqual(['created', 'unchanged', 'configured'])
  })

  it('replaces only the version that If-Match names', async () => {
    const deps = createMemoryDeps()
    const { object } = await put(deps, yaml(template('t', '1')))
    const version = object.metadata.resourceVersion
    expect(await put(deps, yaml(template('t', '2')), version)).toMatchObject({ result: 'configured' })
    await expect(put(deps, yaml(template('t', '3')), version)).rejects.toMatchObject({
      code: 'precondition',
    })
    expect(JSON.stringify(stored(deps, ref).spec)).toContain('"2"')
  })

  it('fails with precondition if the object changes between its GET and its PUT', async () => {
    const deps = createMemoryDeps()
    const { object } = await put(deps, yaml(template('t', '1')))
    const replace = deps.catalog.replace
    deps.catalog.replace = async (...args) => {
      await deps.catalog.annotate(ref, { somebody: 'else' })
      return replace(...args)
    }
    const version = object.metadata.resourceVersion
    await expect(put(deps, yaml(template('t', '2')), version)).rejects.toMatchObject({
      code: 'precondition',
    })
  })

  it.each([
    ['another name', yaml(template('other')), 'other-address'],
    ['another kind', yaml(flow('t')), 'other-address'],
    [
      'another namespace',
      yaml({ ...template('t'), metadata: { name: 't', namespace: 'x' } }),
      'other-namespace',
    ],
  ])('refuses a document with %s than the address', async (_, text, rule) => {
    await expect(put(createMemoryDeps(), text)).rejects.toMatchObject({ code: 'invalid', issues: [{ rule }] })
  })

  it.each([
    ['none', ''],
    ['two', yaml(template('t'), template('u'))],
  ])('requires one document, not %s', async (_, text) => {
    await expect(put(createMemoryDeps(), text)).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('getDefinition', () => {
  it('lists the Jobs that were created from a JobTemplate', async () => {
    const deps = createMemoryDeps()
    await put(deps, yaml(template('t')))
    const { status } = await getDefinition({ deps, actor, input: ref })
    expect(status).toEqual({ dependencyList: ['job-of-default-t'] })
  })

  it('names the definition that does not exist', async () => {
    await expect(getDefinition({ deps: createMemoryDeps(), actor, input: ref })).rejects.toMatchObject({
      code: 'not-found',
      message: 'JobTemplate default/t does not exist.',
    })
  })
})

it('listDefinitions is ordered by namespace and name', async () => {
  const deps = createMemoryDeps()
  for (const [namespace, name] of [
    ['b', 'a'],
    ['a', 'z'],
    ['a', 'b'],
  ] as const) {
    const input = { ...ref, namespace, name, text: yaml(template(name)) }
    await putDefinition({ deps, actor, input })
  }
  const list = await listDefinitions({ deps, actor, input: { type: definitionTypes.JobTemplate } })
  expect(list.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['a/b', 'a/z', 'b/a'])
})

describe('deleteDefinition', () => {
  it('deletes, and fails with not-found afterwards', async () => {
    const deps = createMemoryDeps()
    await put(deps, yaml(template('t')))
    await deleteDefinition({ deps, actor, input: ref })
    expect(deps.objects.size).toBe(0)
    await expect(deleteDefinition({ deps, actor, input: ref })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('deletes only the version that If-Match names', async () => {
    const deps = createMemoryDeps()
    const { object } = await put(deps, yaml(template('t')))
    const input = { ...ref, ifMatch: 'old' }
    await expect(deleteDefinition({ deps, actor, input })).rejects.toMatchObject({
      code: 'precondition',
    })
    await deleteDefinition({
      deps,
      actor,
      input: { ...ref, ifMatch: object.metadata.resourceVersion },
    })
    expect(deps.objects.size).toBe(0)
  })
})

describe('checkHealth', () => {
  it('reports Temporal and Kubernetes, and hides internal errors from the caller', async () => {
    const deps = createMemoryDeps()
    deps.fail('pingTemporal', 'unavailable')
    deps.catalog.ping = async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.1 with token abc')
    }
    expect(await checkHealth({ deps, actor, input: {} })).toEqual({
      temporal: { ok: false, message: 'pingTemporal failed: unavailable' },
      kubernetes: { ok: false, message: 'The Kubernetes API server cannot be reached.' },
    })
  })
})
