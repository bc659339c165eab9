import { describe, expect, it } from 'vitest'
import { badFlow, badTemplate, flow, template, yaml } from './manifests.ts'
import { createMemoryDeps, onlyRun } from './memory-deps.ts'
import { failure, rules, submit, writes } from './submit.ts'

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
