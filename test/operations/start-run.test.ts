import { describe, expect, it } from 'vitest'
import { IDEMPOTENCY_ANNOTATION, STARTED_ANNOTATION } from '../../src/model/labels.ts'
import { submitManifests } from '../../src/operations/manifests/submit-manifests.ts'
import { generatedNames } from '../../src/operations/runs/start/run-from-definition.ts'
import { type StartRunInput, startRun } from '../../src/operations/runs/start/start-run.ts'
import { badFlow, flow, template, yaml } from './manifests.ts'
import { createMemoryDeps, depsWith, type MemoryDeps, onlyRun } from './memory-deps.ts'

const actor = { name: 'test' }
const begin = (deps: MemoryDeps, input: StartRunInput) => startRun({ deps, actor, input })

const nightly = { request: { definition: { kind: 'JobTemplate', name: 'nightly' } } }
const keyed = { ...nightly, idempotencyKey: 'k1' }

/** Where a request may be interrupted: before or after a call takes effect. */
const interruptions = [
  ['create', 'before'],
  ['create', 'after'],
  ['start', 'before'],
  ['start', 'after'],
  ['annotate', 'before'],
  ['annotate', 'after'],
] as const

describe('a run of a JobTemplate', () => {
  it('is a JobFlow object of one flow, named after the template', async () => {
    const deps = await depsWith(template('nightly'))
    const started = await begin(deps, nightly)
    expect(started).toMatchObject({
      kind: 'JobFlow',
      namespace: 'default',
      result: 'created',
      id: onlyRun(deps),
    })
    expect(started.name).toMatch(/^nightly-run-[0-9a-f]{6}$/)
    const start = deps.started.get(started.id)
    expect(start).toMatchObject({ trigger: 'api', definition: 'nightly', plan: { nodes: [{ id: 'job' }] } })
    expect(JSON.stringify(start?.plan)).toContain('echo t')
  })

  it('is a new one for each request without an Idempotency-Key', async () => {
    const deps = await depsWith(template('nightly'))
    const ids = [await begin(deps, nightly), await begin(deps, nightly)].map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
  })

  it('has the requested name, and an existing name is a conflict', async () => {
    const deps = await depsWith(template('nightly'))
    const named = { request: { ...nightly.request, name: 'mine' } }
    expect(await begin(deps, named)).toMatchObject({ name: 'mine' })
    await expect(begin(deps, named)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('is in the namespace of its template', async () => {
    const deps = createMemoryDeps()
    await submitManifests({
      deps,
      actor,
      input: { text: yaml(template('nightly')), namespace: 'team' },
    })
    expect(await begin(deps, { ...nightly, namespace: 'team' })).toMatchObject({ namespace: 'team' })
    await expect(begin(deps, nightly)).rejects.toMatchObject({ code: 'not-found' })
  })

  it.each([
    ['inputs', { request: { ...nightly.request, inputs: { a: 1 } } }, 'no-inputs'],
    ['an unknown kind', { request: { definition: { kind: 'JobFlow', name: 'x' } } }, 'definition-kind'],
  ])('is refused with %s', async (_, input, rule) => {
    const deps = await depsWith(template('nightly'))
    await expect(begin(deps, input)).rejects.toMatchObject({ code: 'invalid', issues: [{ rule }] })
  })

  it('has a name that fits into a Job name, however long the name of its template is', () => {
    const [name = ''] = generatedNames('x'.repeat(200), undefined)
    expect(`${name}-job`.length).toBeLessThanOrEqual(63)
  })
})

describe('an Idempotency-Key', () => {
  it('returns the run of the first request, and writes nothing', async () => {
    const deps = await depsWith(template('nightly'))
    const first = await begin(deps, keyed)
    deps.calls.length = 0
    const second = await begin(deps, keyed)
    expect(second).toMatchObject({ id: first.id, result: 'unchanged' })
    expect(deps.calls.filter((call) => /^(create|start|annotate)/.test(call))).toEqual([])
  })

  it.each(interruptions)('continues an interrupted request: %s, %s', async (method, when) => {
    const deps = await depsWith(template('nightly'))
    deps.fail(method, 'unavailable', when)
    await expect(begin(deps, keyed)).rejects.toMatchObject({ code: 'unavailable' })
    const { id } = await begin(deps, keyed)
    expect(onlyRun(deps)).toBe(id)
    const objects = [...deps.objects.values()].filter(({ kind }) => kind === 'JobFlow')
    expect(objects).toHaveLength(1)
    expect(objects[0]?.metadata.annotations).toMatchObject({
      [IDEMPOTENCY_ANNOTATION]: 'k1',
      [STARTED_ANNOTATION]: id,
    })
  })

  it('returns its run even if the definition has been deleted', async () => {
    const deps = await depsWith(template('nightly'))
    const { id } = await begin(deps, keyed)
    deps.objects.delete('JobTemplate default/nightly')
    expect(await begin(deps, keyed)).toMatchObject({ id, result: 'unchanged' })
  })

  it.each([
    ['with', keyed, 'Repeat the request to start it'],
    ['without', nightly, 'DELETE /v1/runs/jobflow.api.practice.com/default/nightly-run-'],
  ])('decides the advice if Temporal is unavailable: %s one', async (_, input, advice) => {
    const deps = await depsWith(template('nightly'))
    deps.fail('start', 'unavailable')
    const message = expect.stringMatching(/Stored but not started: JobFlow default\/nightly-run-/)
    const error = await begin(deps, input).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unavailable', message })
    expect(error).toMatchObject({ message: expect.stringContaining(advice) })
  })

  it('uses another name if another key has the same six digits', async () => {
    const deps = await depsWith(template('nightly'))
    const [first = '', second] = generatedNames('nightly', 'k1')
    await submitManifests({ deps, actor, input: { text: yaml(flow(first)) } })
    expect(await begin(deps, keyed)).toMatchObject({ name: second, result: 'created' })
    expect(await begin(deps, keyed)).toMatchObject({ name: second, result: 'unchanged' })
  })

  it('is a conflict if it is used for another definition', async () => {
    const deps = await depsWith(template('nightly'), template('weekly'))
    const input = (name: string): StartRunInput => ({
      request: { definition: { kind: 'JobTemplate', name }, name: 'mine' },
      idempotencyKey: 'k1',
    })
    await begin(deps, input('nightly'))
    await expect(begin(deps, input('weekly'))).rejects.toMatchObject({ code: 'conflict' })
  })

  it('works for a manifest too', async () => {
    const deps = createMemoryDeps()
    const input = { request: { manifest: flow('demo') }, idempotencyKey: 'k1' }
    expect(await begin(deps, input)).toMatchObject({ result: 'created' })
    expect(await begin(deps, input)).toMatchObject({ result: 'unchanged' })
    await expect(begin(deps, { ...input, idempotencyKey: 'k2' })).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('a run of a manifest', () => {
  it('is the same run as that of POST /v1/manifests', async () => {
    const deps = createMemoryDeps()
    expect(await begin(deps, { request: { manifest: flow('demo') } })).toMatchObject({ result: 'created' })
    expect(await begin(deps, { request: { manifest: flow('demo') } })).toMatchObject({ result: 'unchanged' })
    expect(deps.started.get(onlyRun(deps))).toMatchObject({ trigger: 'api' })
  })

  it('is created without a preceding GET', async () => {
    const deps = createMemoryDeps()
    const { id } = await begin(deps, { request: { manifest: flow('demo') } })
    expect(deps.calls).toEqual([
      'create JobFlow default/demo',
      `start ${id}`,
      'annotate JobFlow default/demo',
    ])
  })

  it('is unchanged if it exists, even if it would be refused now', async () => {
    const deps = createMemoryDeps()
    const input = { request: { manifest: flow('demo') } }
    const { id } = await begin(deps, input)
    deps.fail('create', 'refused')
    expect(await begin(deps, input)).toMatchObject({ id, result: 'unchanged' })
  })

  it.each(['refused', 'forbidden', 'not-found'] as const)('fails if its object is %s', async (code) => {
    const deps = createMemoryDeps()
    for (const _ of ['at first', 'after the GET']) deps.fail('create', code)
    await expect(begin(deps, { request: { manifest: flow('demo') } })).rejects.toMatchObject({ code })
    expect(deps.started.size).toBe(0)
  })

  it.each(interruptions)('continues when the same request is sent again: %s, %s', async (method, when) => {
    const deps = createMemoryDeps()
    const input = { request: { manifest: flow('demo') } }
    deps.fail(method, 'unavailable', when)
    await expect(begin(deps, input)).rejects.toMatchObject({ code: 'unavailable' })
    const { id } = await begin(deps, input)
    expect(onlyRun(deps)).toBe(id)
    expect(deps.objects.size).toBe(1)
  })

  it('is refused with paths in the request and without line numbers', async () => {
    const refused = begin(createMemoryDeps(), { request: { manifest: badFlow('demo') } })
    const error = await refused.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'invalid', issues: [{ path: expect.stringMatching(/^manifest\./) }] })
    expect(JSON.stringify(error)).not.toContain('"line"')
  })

  it('is a conflict if the existing run has another spec', async () => {
    const deps = await depsWith(flow('demo'))
    const input = { request: { manifest: flow('demo', { command: 'echo other' }) } }
    await expect(begin(deps, input)).rejects.toMatchObject({
      code: 'conflict',
      issues: [{ rule: 'immutable' }],
    })
  })

  it('is refused if the manifest is a definition', async () => {
    const input = { request: { manifest: template('nightly') } }
    await expect(begin(createMemoryDeps(), input)).rejects.toMatchObject({ issues: [{ rule: 'not-a-run' }] })
  })
})
