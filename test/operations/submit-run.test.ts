import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/lib/json.ts'
import { STARTED_ANNOTATION } from '../../src/model/labels.ts'
import { flow, template, yaml } from './manifests.ts'
import { createMemoryDeps, onlyRun, stored } from './memory-deps.ts'
import { demo, failure, rules, submit, writes } from './submit.ts'

const nullPod = { template: { spec: { volumes: null, containers: [{ name: 'main', image: 'busybox' }] } } }

describe('a run kind', () => {
  it('is stored, started and annotated as started, in this order', async () => {
    const deps = createMemoryDeps()
    const [result] = await submit(deps, yaml(flow('demo')))
    const id = onlyRun(deps)
    expect(result).toMatchObject({
      document: 1,
      kind: 'JobFlow',
      namespace: 'default',
      name: 'demo',
      result: 'created',
      runId: id,
      issues: [],
    })
    expect(id).toBe('jobflow.api.practice.com/default/demo/00000001')
    expect(writes(deps)).toEqual([
      'create JobFlow default/demo',
      `start ${id}`,
      'annotate JobFlow default/demo',
    ])
    expect(stored(deps, demo).metadata.annotations).toMatchObject({ [STARTED_ANNOTATION]: id })
  })

  it('is unchanged when it is posted again, and nothing is written', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    deps.calls.length = 0
    const [again] = await submit(deps, yaml(flow('demo')))
    expect(again).toMatchObject({ result: 'unchanged', runId: onlyRun(deps) })
    expect(writes(deps)).toEqual([])
  })

  it('is unchanged even if the API server dropped its null fields', async () => {
    const deps = createMemoryDeps()
    const manifest = flow('demo')
    const nulled = { ...manifest, spec: { flows: [{ ...manifest.spec.flows[0], jobTemplate: nullPod }] } }
    await submit(deps, yaml(nulled))
    stored(deps, demo).spec = JSON.parse(
      JSON.stringify(stored(deps, demo).spec).replace('"volumes":null,', ''),
    )
    expect(await submit(deps, yaml(nulled))).toMatchObject([{ result: 'unchanged' }])
  })

  it('never starts a second time, even if Temporal no longer has the run', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    deps.started.clear()
    await submit(deps, yaml(flow('demo')))
    expect(deps.started.size).toBe(0)
  })

  it('starts if its annotation was copied from another object', async () => {
    const deps = createMemoryDeps()
    const copied = { ...flow('demo'), metadata: { name: 'demo', annotations: { [STARTED_ANNOTATION]: 'x' } } }
    await submit(deps, yaml(copied))
    expect(deps.started.size).toBe(1)
    expect(stored(deps, demo).metadata.annotations?.[STARTED_ANNOTATION]).toBe(onlyRun(deps))
  })

  it('is refused with another spec, and the message has the three remedies', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const error = await failure(submit(deps, yaml(flow('demo', { command: 'echo other' }))))
    expect(error.code).toBe('invalid')
    expect(rules(error.issues)).toEqual(['immutable'])
    expect(error.issues[0]?.message).toMatch(/another metadata\.name.*delete.*replace=true/)
    expect(deps.started.size).toBe(1)
  })

  it('is unchanged if somebody else creates the same object between GET and POST', async () => {
    const deps = createMemoryDeps()
    const { create } = deps.catalog
    deps.catalog.create = async (object) => {
      deps.catalog.create = create
      await create(object)
      return create(object)
    }
    expect(await submit(deps, yaml(flow('demo')))).toMatchObject([
      { result: 'unchanged', runId: onlyRun(deps) },
    ])
  })

  it("is refused with the API server's message if it cannot be stored", async () => {
    const deps = createMemoryDeps()
    for (let i = 0; i < 5; i++) deps.fail('create', 'conflict')
    const error = await failure(submit(deps, yaml(flow('demo'))))
    expect(error.issues).toMatchObject([{ rule: 'conflict', message: 'create failed: conflict' }])
  })

  it('is refused while an object of its name is being deleted', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    stored(deps, demo).metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    expect(rules((await failure(submit(deps, yaml(flow('demo'))))).issues)).toEqual(['being-deleted'])
  })
})

describe('an interrupted request continues when it is posted again', () => {
  const interruptions = [
    { name: 'before the object is stored', method: 'create', when: 'before' },
    { name: 'after the object is stored', method: 'create', when: 'after' },
    { name: 'before the run is started', method: 'start', when: 'before' },
    { name: 'after the run is started', method: 'start', when: 'after' },
    { name: 'before the annotation is set', method: 'annotate', when: 'before' },
    { name: 'after the annotation is set', method: 'annotate', when: 'after' },
  ] as const

  it.each(interruptions)('$name', async ({ method, when }) => {
    const deps = createMemoryDeps()
    deps.fail(method, 'unavailable', when)
    const error = await failure(submit(deps, yaml(flow('demo'))))
    expect(error.code).toBe('unavailable')
    const [again] = await submit(deps, yaml(flow('demo')))
    expect(again?.result).toMatch(/created|unchanged/)
    expect(deps.started.size).toBe(1)
    expect(deps.objects.size).toBe(1)
    expect(stored(deps, demo).metadata.annotations?.[STARTED_ANNOTATION]).toBe(onlyRun(deps))
  })

  it('says what is stored but not started if Temporal is unavailable, and lists the other results', async () => {
    const deps = createMemoryDeps()
    deps.fail('start', 'unavailable')
    const error = await failure(submit(deps, yaml(template('t'), flow('demo'))))
    expect(error.message).toContain('Stored but not started: JobFlow default/demo.')
    expect(error.message).toContain('Repeat the request to continue')
    expect(error.results).toMatchObject([{ document: 1, kind: 'JobTemplate', result: 'created' }])
  })

  it('cancels a run whose object was deleted while it was started', async () => {
    const deps = createMemoryDeps()
    deps.fail('annotate', 'not-found')
    const error = await failure(submit(deps, yaml(flow('demo'))))
    expect(error.issues[0]?.message).toContain('was deleted while its run was being started')
    expect(writes(deps).at(-1)).toBe(`cancel ${onlyRun(deps)}`)
  })
})

describe('replace', () => {
  const changed = { text: yaml(flow('demo', { command: 'echo other' })), replace: true }

  it('cancels the run, waits for its end, deletes its object and starts a new run', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const before = onlyRun(deps)
    deps.calls.length = 0
    const [result] = await submit(deps, changed)
    expect(result).toMatchObject({
      result: 'created',
      runId: 'jobflow.api.practice.com/default/demo/00000002',
    })
    expect(deps.calls.filter((call) => !call.startsWith('get '))).toEqual([
      `cancel ${before}`,
      `ended ${before}`,
      'delete JobFlow default/demo',
      'create JobFlow default/demo',
      'start jobflow.api.practice.com/default/demo/00000002',
      'annotate JobFlow default/demo',
    ])
  })

  it('leaves a run with the same spec unchanged', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const [result] = await submit(deps, { text: yaml(flow('demo')), replace: true })
    expect(result).toMatchObject({ result: 'unchanged' })
    expect(deps.calls.some((call) => call.startsWith('cancel'))).toBe(false)
  })

  it('cancels nothing if the new spec is refused', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const cycle = flow('demo') as JsonObject & ReturnType<typeof flow>
    Object.assign(cycle.spec.flows[0] ?? {}, { dependencies: ['a'] })
    await failure(submit(deps, { text: yaml(cycle), replace: true }))
    expect(deps.calls.some((call) => call.startsWith('cancel'))).toBe(false)
  })

  it('is refused until the run has ended, and can be repeated', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    deps.neverEnding.add(onlyRun(deps))
    expect(rules((await failure(submit(deps, changed))).issues)).toEqual(['still-ending'])
    deps.neverEnding.clear()
    expect(await submit(deps, changed)).toMatchObject([{ result: 'created' }])
  })

  it.each(['cancel', 'ended', 'delete', 'create', 'start', 'annotate'])(
    'continues after an interruption at %s',
    async (method) => {
      const deps = createMemoryDeps()
      await submit(deps, yaml(flow('demo')))
      deps.fail(method, 'unavailable', 'after')
      await failure(submit(deps, changed))
      await submit(deps, changed)
      expect(deps.started.has('jobflow.api.practice.com/default/demo/00000002')).toBe(true)
      expect(stored(deps, demo).metadata.annotations?.[STARTED_ANNOTATION]).toBe(
        'jobflow.api.practice.com/default/demo/00000002',
      )
    },
  )
})
