import { describe, expect, it } from 'vitest'
import { template, yaml } from './manifests.ts'
import { createMemoryDeps, stored } from './memory-deps.ts'
import { failure, rules, submit } from './submit.ts'

describe('a definition', () => {
  const ref = {
    apiVersion: 'api.practice.com/v1alpha1',
    kind: 'JobTemplate',
    namespace: 'default',
    name: 't',
  } as const

  it('is created, unchanged, then configured', async () => {
    const deps = createMemoryDeps()
    const results = []
    for (const command of ['echo 1', 'echo 1', 'echo 2']) {
      results.push(...(await submit(deps, yaml(template('t', command)))))
    }
    expect(results.map(({ result }) => result)).toEqual(['created', 'unchanged', 'configured'])
    expect(JSON.stringify(stored(deps, ref).spec)).toContain('echo 2')
  })

  it('keeps annotations that others have set', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t', 'echo 1')))
    stored(deps, ref).metadata.annotations = { other: 'x' }
    await submit(deps, yaml(template('t', 'echo 2')))
    expect(stored(deps, ref).metadata.annotations).toMatchObject({ other: 'x' })
  })

  it('is written again after a conflict', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t', 'echo 1')))
    deps.fail('replace', 'conflict')
    expect(await submit(deps, yaml(template('t', 'echo 2')))).toMatchObject([{ result: 'configured' }])
  })

  it('is refused after a bounded number of conflicts', async () => {
    const deps = createMemoryDeps()
    await submit(deps, yaml(template('t', 'echo 1')))
    for (let i = 0; i < 5; i++) deps.fail('replace', 'conflict')
    expect(rules((await failure(submit(deps, yaml(template('t', 'echo 2'))))).issues)).toEqual(['conflict'])
  })

  it("is refused with the API server's reason", async () => {
    const deps = createMemoryDeps()
    deps.fail('create', 'refused')
    expect(rules((await failure(submit(deps, yaml(template('t'))))).issues)).toEqual(['refused'])
  })
})
