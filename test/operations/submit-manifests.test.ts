import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/lib/json.ts'
import { STARTED_ANNOTATION } from '../../src/model/labels.ts'
import { SubmissionError } from '../../src/operations/manifests/submission-error.ts'
import { type SubmitInput, submitManifests } from '../../src/operations/manifests/submit-manifests.ts'
import { badFlow, badTemplate, flow, template, yaml } from './manifests.ts'
import { createMemoryDeps, type MemoryDeps, onlyRun, stored } from './memory-deps.ts'

const actor = { name: 'test' }
const submit = (deps: MemoryDeps, input: SubmitInput | string) =>
  submitManifests({ deps, actor, input: typeof input === 'string' ? { text: input } : input })

const failure = async (promise: Promise<unknown>): Promise<SubmissionError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof SubmissionError) return error
  throw new Error(`expected a SubmissionError, got ${String(error)}`)
}

const rules = (issues: readonly { rule: string }[]): string[] => issues.map(({ rule }) => rule)
const demo = { kind: 'JobFlow', namespace: 'default', name: 'demo' } as const
const nullPod = { template: { spec: { volumes: null, containers: [{ name: 'main', image: 'busybox' }] } } }
const writes = (deps: MemoryDeps): string[] =>
  deps.calls.filter((call) => /^(create|replace|annotate|delete|start|cancel) /.test(call))

describe('a run kind', () => {
  it('is stored, started and marked as started, in this order', async () => {
    const deps = createMemoryDeps()
    const [result] = await submit(deps, yaml(flow('demo')))
    const id = onlyRun(deps)
    expect(result).toMatchObject({ document: 1, ...demo, result: 'created', runId: id, issues: [] })
    expect(id).toBe('jobflow/default/demo/00000001')
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

  it('is unchanged although the API server dropped what was null', async () => {
    const deps = createMemoryDeps()
    const manifest = flow('demo')
    const nulled = { ...manifest, spec: { flows: [{ ...manifest.spec.flows[0], jobTemplate: nullPod }] } }
    await submit(deps, yaml(nulled))
    stored(deps, demo).spec = JSON.parse(
      JSON.stringify(stored(deps, demo).spec).replace('"volumes":null,', ''),
    )
    expect(await submit(deps, yaml(nulled))).toMatchObject([{ result: 'unchanged' }])
  })

  it('never runs again once it was started, even when Temporal forgot the run', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    deps.started.clear()
    await submit(deps, yaml(flow('demo')))
    expect(deps.started.size).toBe(0)
  })

  it('starts anew when its annotation was copied from another object', async () => {
    const deps = createMemoryDeps()
    const copied = { ...flow('demo'), metadata: { name: 'demo', annotations: { [STARTED_ANNOTATION]: 'x' } } }
    await submit(deps, yaml(copied))
    expect(deps.started.size).toBe(1)
    expect(stored(deps, demo).metadata.annotations?.[STARTED_ANNOTATION]).toBe(onlyRun(deps))
  })

  it('is refused with another spec, and told the three ways out', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const error = await failure(submit(deps, yaml(flow('demo', { command: 'echo other' }))))
    expect(error.code).toBe('invalid')
    expect(rules(error.issues)).toEqual(['immutable'])
    expect(error.issues[0]?.message).toMatch(/another metadata\.name.*delete.*replace=true/)
    expect(deps.started.size).toBe(1)
  })

  it('is kept when somebody else stored the same between look and write', async () => {
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

  it("carries the API server's words when it may not be stored at all", async () => {
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

describe('a request that is cut off continues when it is posted again', () => {
  const cuts = [
    { name: 'before the object is stored', method: 'create', when: 'before' },
    { name: 'after the object is stored', method: 'create', when: 'after' },
    { name: 'before the run is started', method: 'start', when: 'before' },
    { name: 'after the run is started', method: 'start', when: 'after' },
    { name: 'before the mark is set', method: 'annotate', when: 'before' },
    { name: 'after the mark is set', method: 'annotate', when: 'after' },
  ] as const

  it.each(cuts)('$name', async ({ method, when }) => {
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

  it('says what is stored and not started when Temporal is away, and what was done', async () => {
    const deps = createMemoryDeps()
    deps.fail('start', 'unavailable')
    const error = await failure(submit(deps, yaml(template('t'), flow('demo'))))
    expect(error.message).toContain('Stored, but not started: JobFlow default/demo.')
    expect(error.message).toContain('Posting the same again continues')
    expect(error.results).toMatchObject([{ document: 1, kind: 'JobTemplate', result: 'created' }])
  })

  it('cancels a run whose object was deleted while it was started', async () => {
    const deps = createMemoryDeps()
    deps.fail('annotate', 'not-found')
    const error = await failure(submit(deps, yaml(flow('demo'))))
    expect(error.issues[0]?.message).toContain('was deleted while its run was started')
    expect(writes(deps).at(-1)).toBe(`cancel ${onlyRun(deps)}`)
  })
})

describe('replace', () => {
  const changed = { text: yaml(flow('demo', { command: 'echo other' })), replace: true }

  it('cancels the run, waits for its end, deletes the object and starts anew', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const before = onlyRun(deps)
    deps.calls.length = 0
    const [result] = await submit(deps, changed)
    expect(result).toMatchObject({ result: 'created', runId: 'jobflow/default/demo/00000002' })
    expect(deps.calls.filter((call) => !call.startsWith('get '))).toEqual([
      `cancel ${before}`,
      `ended ${before}`,
      'delete JobFlow default/demo',
      'create JobFlow default/demo',
      'start jobflow/default/demo/00000002',
      'annotate JobFlow default/demo',
    ])
  })

  it('leaves a run alone whose spec is the same', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const [result] = await submit(deps, { text: yaml(flow('demo')), replace: true })
    expect(result).toMatchObject({ result: 'unchanged' })
    expect(deps.calls.some((call) => call.startsWith('cancel'))).toBe(false)
  })

  it('does not cancel anything when the new spec is refused', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    const cycle = flow('demo') as JsonObject & ReturnType<typeof flow>
    Object.assign(cycle.spec.flows[0] ?? {}, { dependencies: ['a'] })
    await failure(submit(deps, { text: yaml(cycle), replace: true }))
    expect(deps.calls.some((call) => call.startsWith('cancel'))).toBe(false)
  })

  it('is refused, and can be repeated, while the run is still ending', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(flow('demo')))
    deps.neverEnding.add(onlyRun(deps))
    expect(rules((await failure(submit(deps, changed))).issues)).toEqual(['still-ending'])
    deps.neverEnding.clear()
    expect(await submit(deps, changed)).toMatchObject([{ result: 'created' }])
  })

  it.each(['cancel', 'ended', 'delete', 'create', 'start', 'annotate'])(
    'continues after a cut at %s',
    async (method) => {
      const deps = createMemoryDeps()
      await submit(deps, yaml(flow('demo')))
      deps.fail(method, 'unavailable', 'after')
      await failure(submit(deps, changed))
      await submit(deps, changed)
      expect(deps.started.has('jobflow/default/demo/00000002')).toBe(true)
      expect(stored(deps, demo).metadata.annotations?.[STARTED_ANNOTATION]).toBe(
        'jobflow/default/demo/00000002',
      )
    },
  )
})

describe('a definition', () => {
  const ref = { kind: 'JobTemplate', namespace: 'default', name: 't' } as const

  it('is created, unchanged, then configured', async () => {
    const deps = createMemoryDeps()
    const results = []
    for (const command of ['echo 1', 'echo 1', 'echo 2']) {
      results.push(...(await submit(deps, yaml(template('t', command)))))
    }
    expect(results.map(({ result }) => result)).toEqual(['created', 'unchanged', 'configured'])
    expect(JSON.stringify(stored(deps, ref).spec)).toContain('echo 2')
  })

  it('keeps labels and annotations that others have set', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t', 'echo 1')))
    stored(deps, ref).metadata.annotations = { other: 'x' }
    await submit(deps, yaml(template('t', 'echo 2')))
    expect(stored(deps, ref).metadata.annotations).toMatchObject({ other: 'x' })
  })

  it('is written again when somebody else wrote between look and write', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t', 'echo 1')))
    deps.fail('replace', 'conflict')
    expect(await submit(deps, yaml(template('t', 'echo 2')))).toMatchObject([{ result: 'configured' }])
  })

  it('gives up after a bounded number of lost races', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t', 'echo 1')))
    for (let i = 0; i < 5; i++) deps.fail('replace', 'conflict')
    expect(rules((await failure(submit(deps, yaml(template('t', 'echo 2'))))).issues)).toEqual(['conflict'])
  })

  it("carries the API server's reason when that refuses it", async () => {
    const deps = createMemoryDeps()
    deps.fail('create', 'refused')
    expect(rules((await failure(submit(deps, yaml(template('t'))))).issues)).toEqual(['refused'])
  })
})

describe('several documents', () => {
  it('store definitions first, whatever the order, and answer in the order of the text', async () => {
    const deps = createMemoryDeps()
    const results = await submit(deps, yaml(flow('demo', { template: 't' }), template('t')))
    expect(results.map(({ document, kind, result }) => [document, kind, result])).toEqual([
      [1, 'JobFlow', 'created'],
      [2, 'JobTemplate', 'created'],
    ])
    expect(writes(deps).slice(0, 2)).toEqual(['create JobTemplate default/t', 'create JobFlow default/demo'])
    expect(JSON.stringify(deps.started.get(onlyRun(deps))?.plan)).toContain('echo t')
    expect(results[0]?.warnings).toEqual([])
  })

  it('proceed although another one is refused', async () => {
    const deps = createMemoryDeps()
    const results = await submit(deps, yaml(badFlow('bad'), flow('demo')))
    expect(results.map(({ result }) => result)).toEqual(['refused', 'created'])
    expect(results[0]?.issues.length).toBeGreaterThan(0)
  })

  it('fail as a whole when all are refused, with all results', async () => {
    const error = await failure(submit(createMemoryDeps(), yaml(badFlow('one'), badFlow('two'))))
    expect(error.code).toBe('invalid')
    expect(error.results.map(({ result }) => result)).toEqual(['refused', 'refused'])
  })

  it('refuse both of two that are the same object', async () => {
    const deps = createMemoryDeps()
    const results = await submit(
      deps,
      yaml(flow('demo'), flow('other'), flow('demo', { namespace: 'default' })),
    )
    expect(results.map(({ result }) => result)).toEqual(['refused', 'created', 'refused'])
    expect(results.flatMap(({ issues }) => rules(issues))).toEqual(['doubled', 'doubled'])
    expect(results[0]?.issues[0]?.message).toContain('document 3')
  })

  it('refuse a run whose JobTemplate is refused beside it, though an older one is stored', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t')))
    const error = await failure(submit(deps, yaml(badTemplate('t'), flow('demo', { template: 't' }))))
    expect(rules(error.results[1]?.issues ?? [])).toEqual(['refused-template'])
    expect(deps.started.size).toBe(0)
  })

  it('are refused when there are none', async () => {
    await expect(submit(createMemoryDeps(), '')).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('the namespace', () => {
  it('of the request goes to documents that name none', async () => {
    const results = await submit(createMemoryDeps(), { text: yaml(flow('demo')), namespace: 'team' })
    expect(results[0]).toMatchObject({ namespace: 'team', runId: 'jobflow/team/demo/00000001' })
  })

  it('of a document stands when the request names none', async () => {
    const results = await submit(createMemoryDeps(), yaml(flow('demo', { namespace: 'own' })))
    expect(results[0]).toMatchObject({ namespace: 'own' })
  })

  it('of a document must not differ from that of the request', async () => {
    const input = { text: yaml(flow('demo', { namespace: 'own' })), namespace: 'team' }
    const error = await failure(submit(createMemoryDeps(), input))
    expect(error.issues).toMatchObject([{ rule: 'other-namespace', path: 'metadata.namespace' }])
  })
})

describe('a dry run', () => {
  it('stores and starts nothing and shows the plan, with templates of the same text', async () => {
    const deps = createMemoryDeps()
    const text = yaml(template('t'), flow('demo', { template: 't' }))
    const results = await submit(deps, { text, dryRun: true })
    expect(results.map(({ result }) => result)).toEqual(['created', 'created'])
    expect(JSON.stringify(results[1]?.plan)).toContain('echo t')
    expect(writes(deps)).toEqual([])
  })

  it('of a run that is there is unchanged, even if its text would no longer compile', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t'), flow('demo', { template: 't' })))
    const text = yaml(badTemplate('t'), flow('demo', { template: 't' }))
    expect(await submit(deps, { text, dryRun: true })).toMatchObject([
      { result: 'refused' },
      { result: 'unchanged' },
    ])
  })

  it('says unchanged and configured as it would happen', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t', 'echo 1'), flow('demo')))
    deps.calls.length = 0
    const text = yaml(template('t', 'echo 2'), flow('demo'))
    const results = await submit(deps, { text, dryRun: true })
    expect(results.map(({ result }) => result)).toEqual(['configured', 'unchanged'])
    expect(results[1]?.plan).toBeDefined()
    expect(writes(deps)).toEqual([])
  })
})

it('refuses a plan that Temporal would not take, with the number and the way out', async () => {
  const deps = createMemoryDeps()
  const names = ['t1', 't2', 't3']
  for (const name of names) await submit(deps, yaml(template(name, `echo ${'x'.repeat(600_000)}`)))
  const flows = names.map((name) => ({ name, jobTemplateRef: name }))
  const error = await failure(submit(deps, yaml({ ...flow('demo'), spec: { flows } })))
  expect(rules(error.issues)).toEqual(['plan-too-large'])
  expect(error.issues[0]?.message).toMatch(/1572864.*jobTemplateRef/)
})

it('hands the warnings of the compiler to the caller and to the run', async () => {
  const deps = createMemoryDeps()
  const [result] = await submit(deps, yaml(flow('demo', { template: 'later' })))
  expect(result?.warnings.length).toBe(1)
  expect(deps.started.get(onlyRun(deps))?.warnings[0]).toContain('later')
})
