import { describe, expect, it } from 'vitest'
import { definitionTypes } from '../../src/manifests/kinds/kinds.ts'
import { createMemoryDeps, stored } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'
import { call, path, ref, scheduled } from './scheduled.ts'

describe('GET /v1/schedules', () => {
  it('200: all, or those of a namespace', async () => {
    const deps = await scheduled()
    const names = async (query: string): Promise<string[]> => {
      const answer = await call(deps, 'GET', `/v1/schedules${query}`)
      expect(answer.status).toBe(200)
      const { schedules } = (await answer.json()) as { schedules: { name: string }[] }
      return schedules.map(({ name }) => name)
    }
    expect(await names('')).toEqual(['nightly'])
    expect(await names('?namespace=other')).toEqual([])
  })

  it('200: in the order of their names, even if Temporal answers in another order', async () => {
    const deps = await scheduled()
    const [view] = deps.scheduleViews.values()
    const names = Array.from({ length: 30 }, (_, index) => `p${String(index).padStart(2, '0')}`)
    deps.scheduleViews.clear()
    for (const name of names) if (view) deps.scheduleViews.set(`default/${name}`, { ...view, name })
    const read = deps.schedules.get
    deps.schedules.get = async (one) => {
      await new Promise((resolve) => setTimeout(resolve, Number(one.name.slice(1)) % 7))
      return read(one)
    }
    const { schedules } = (await (await call(deps, 'GET', '/v1/schedules')).json()) as {
      schedules: { name: string }[]
    }
    expect(schedules.map(({ name }) => name)).toEqual(names)
  })

  it('422: an unknown parameter', async () => {
    await problemOf(call(createMemoryDeps(), 'GET', '/v1/schedules?name=x'), 422)
  })

  it('503: Temporal is unavailable', async () => {
    const deps = createMemoryDeps()
    deps.fail('listSchedules', 'unavailable')
    await problemOf(call(deps, 'GET', '/v1/schedules'), 503)
  })
})

describe('GET /v1/schedules/{namespace}/{name}', () => {
  it('200: its spec and its next fires', async () => {
    const answer = await call(await scheduled(), 'GET')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      ...ref,
      cron: '0 5 * * *',
      overlap: 'allow',
      catchUpWindowMs: 3_600_000,
      phase: 'Active',
      nextFires: [expect.any(String)],
    })
  })

  it('404: says that a Pipeline with a cronExpression has a schedule', async () => {
    const { detail } = await problemOf(call(createMemoryDeps(), 'GET'), 404)
    expect(detail).toContain('cronExpression')
  })

  it('422: an invalid name', async () => {
    await problemOf(call(createMemoryDeps(), 'GET', '/v1/schedules/default/N_'), 422)
  })

  it('503: Temporal is unavailable', async () => {
    const deps = await scheduled()
    deps.fail('getSchedule', 'unavailable')
    await problemOf(call(deps, 'GET'), 503)
  })
})

describe('PATCH /v1/schedules/{namespace}/{name}', () => {
  const change = { overlap: 'skip', catchUpWindow: '30m', timeZone: 'Europe/Berlin' }

  it('200: annotates the Pipeline and changes the schedule', async () => {
    const deps = await scheduled()
    const answer = await call(deps, 'PATCH', path, change)
    expect(answer.status, await answer.clone().text()).toBe(200)
    expect(await answer.json()).toMatchObject({
      overlap: 'skip',
      catchUpWindowMs: 1_800_000,
      timeZone: 'Europe/Berlin',
      expiresAt: '2030-12-31T23:59:59.000Z',
    })
    expect(stored(deps, { ...definitionTypes.Pipeline, ...ref }).metadata.annotations).toEqual({
      'millrace.dev/overlap-policy': 'skip',
      'millrace.dev/catch-up-window': '30m',
      'millrace.dev/time-zone': 'Europe/Berlin',
    })
  })

  it('200: keeps other policies and a pause', async () => {
    const deps = await scheduled()
    await call(deps, 'PATCH', path, change)
    await call(deps, 'POST', `${path}/pause`)
    const answer = await call(deps, 'PATCH', path, { overlap: 'bufferOne' })
    expect(await answer.json()).toMatchObject({
      overlap: 'bufferOne',
      catchUpWindowMs: 1_800_000,
      phase: 'Paused',
    })
  })

  it('404: an unknown schedule, and nothing is written', async () => {
    const deps = createMemoryDeps()
    await problemOf(call(deps, 'PATCH', path, change), 404)
    expect(deps.calls.filter((each) => each.startsWith('annotate'))).toEqual([])
  })

  it('409: the stored Pipeline is invalid', async () => {
    const deps = await scheduled()
    stored(deps, { ...definitionTypes.Pipeline, ...ref }).spec = { strategy: { cronExpression: 'never' } }
    await problemOf(call(deps, 'PATCH', path, change), 409)
  })

  it.each([
    [{}, ''],
    [{ overlap: 'terminate' }, 'overlap'],
    [{ catchUpWindow: '5' }, 'catchUpWindow'],
    [{ catchUpWindow: '1s' }, 'catchUpWindow'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ overlap: 'skip', cron: '* * * * *' }, 'cron'],
  ])('422: %j', async (body, at) => {
    const deps = await scheduled()
    const { issues } = await problemOf(call(deps, 'PATCH', path, body), 422)
    expect(issues?.map((issue) => issue.path)).toEqual([at])
    expect(deps.calls.filter((each) => each.startsWith('annotate'))).toEqual([])
  })

  it('503: Kubernetes is unavailable', async () => {
    const deps = await scheduled()
    deps.fail('annotate', 'unavailable')
    await problemOf(call(deps, 'PATCH', path, change), 503)
  })
})
