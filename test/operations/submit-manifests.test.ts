import { describe, expect, it } from 'vitest'
import { badFlow, badTemplate, flow, template, yaml } from './manifests.ts'
import { createMemoryDeps, onlyRun } from './memory-deps.ts'
import { failure, rules, submit, writes } from './submit.ts'

describe('several documents', () => {
  it('are stored with definitions first, and have their results in the order of the text', async () => {
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

  it('are accepted even if another one is refused', async () => {
    const deps = createMemoryDeps()
    const results = await submit(deps, yaml(badFlow('bad'), flow('demo')))
    expect(results.map(({ result }) => result)).toEqual(['refused', 'created'])
    expect(results[0]?.issues.length).toBeGreaterThan(0)
  })

  it('fail as a whole if all are refused, with all results', async () => {
    const error = await failure(submit(createMemoryDeps(), yaml(badFlow('one'), badFlow('two'))))
    expect(error.code).toBe('invalid')
    expect(error.results.map(({ result }) => result)).toEqual(['refused', 'refused'])
  })

  it('are both refused if they are the same object', async () => {
    const deps = createMemoryDeps()
    const results = await submit(
      deps,
      yaml(flow('demo'), flow('other'), flow('demo', { namespace: 'default' })),
    )
    expect(results.map(({ result }) => result)).toEqual(['refused', 'created', 'refused'])
    expect(results.flatMap(({ issues }) => rules(issues))).toEqual(['doubled', 'doubled'])
    expect(results[0]?.issues[0]?.message).toContain('document 3')
  })

  it('are refused for a run whose JobTemplate is refused, even if an older one is stored', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t')))
    const error = await failure(submit(deps, yaml(badTemplate('t'), flow('demo', { template: 't' }))))
    expect(rules(error.results[1]?.issues ?? [])).toEqual(['refused-template'])
    expect(deps.started.size).toBe(0)
  })

  it('are required', async () => {
    await expect(submit(createMemoryDeps(), '')).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('the namespace', () => {
  it('of the request applies to documents without one', async () => {
    const results = await submit(createMemoryDeps(), { text: yaml(flow('demo')), namespace: 'team' })
    expect(results[0]).toMatchObject({
      namespace: 'team',
      runId: 'jobflow.api.practice.com/team/demo/00000001',
    })
  })

  it('of a document applies if the request has none', async () => {
    const results = await submit(createMemoryDeps(), yaml(flow('demo', { namespace: 'own' })))
    expect(results[0]).toMatchObject({ namespace: 'own' })
  })

  it('of a document must be that of the request', async () => {
    const input = { text: yaml(flow('demo', { namespace: 'own' })), namespace: 'team' }
    const error = await failure(submit(createMemoryDeps(), input))
    expect(error.issues).toMatchObject([{ rule: 'other-namespace', path: 'metadata.namespace' }])
  })
})

describe('a dry run', () => {
  it('stores and starts nothing, and shows the plan with templates of the same text', async () => {
    const deps = createMemoryDeps()
    const text = yaml(template('t'), flow('demo', { template: 't' }))
    const results = await submit(deps, { text, dryRun: true })
    expect(results.map(({ result }) => result)).toEqual(['created', 'created'])
    expect(JSON.stringify(results[1]?.plan)).toContain('echo t')
    expect(writes(deps)).toEqual([])
  })

  it('of an existing run is unchanged, even if its text would no longer compile', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t'), flow('demo', { template: 't' })))
    const text = yaml(badTemplate('t'), flow('demo', { template: 't' }))
    expect(await submit(deps, { text, dryRun: true })).toMatchObject([
      { result: 'refused' },
      { result: 'unchanged' },
    ])
  })

  it('reports unchanged and configured as a real request would', async () => {
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

it('a plan that is too large for Temporal is refused with its limit and a remedy', async () => {
  const deps = createMemoryDeps()
  const names = ['t1', 't2', 't3']
  for (const name of names) await submit(deps, yaml(template(name, `echo ${'x'.repeat(600_000)}`)))
  const flows = names.map((name) => ({ name, jobTemplateRef: name }))
  const error = await failure(submit(deps, yaml({ ...flow('demo'), spec: { flows } })))
  expect(rules(error.issues)).toEqual(['plan-too-large'])
  expect(error.issues[0]?.message).toMatch(/1572864.*jobTemplateRef/)
})

it('warnings of the compiler reach the caller and the run', async () => {
  const deps = createMemoryDeps()
  const [result] = await submit(deps, yaml(flow('demo', { template: 'later' })))
  expect(result?.warnings.length).toBe(1)
  expect(deps.started.get(onlyRun(deps))?.warnings[0]).toContain('later')
})
