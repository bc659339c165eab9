import { describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { getSchedule } from '../../src/operations/schedules/get-schedule.ts'
import { createMemoryDeps, type MemoryDeps, stored } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'

const ref = { namespace: 'default', name: 'nightly' }
const path = '/v1/schedules/default/nightly'
const pipeline = {
  apiVersion: 'controller.ljchen.net/v1',
  kind: 'Pipeline',
  metadata: ref,
  spec: {
    batchJob: { input: { apiServer: { url: 'http://data.example' } }, outputs: [] },
    strategy: { expire: '2030-12-31 23:59:59', cronExpression: '0 5 * * *' },
  },
}

/** A Pipeline that is stored, and its schedule. */
async function scheduled(): Promise<MemoryDeps> {
  const deps = createMemoryDeps()
  await deps.catalog.create(structuredClone(pipeline))
  await deps.schedules.ensure(ref, {
    cron: '0 5 * * *',
    timing: { everyMs: 86_400_000 },
    timeZone: 'UTC',
    overlap: 'allow',
    catchUpWindowMs: 3_600_000,
  })
  return deps
}

const call = (
  deps: MemoryDeps,
  method: string,
  at = path,
  body?: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) =>
  createApp(deps).request(at, {
    method,
    ...(body === undefined ? {} : { headers, body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

const foreign = {
  'content-type': 'application/json',
  origin: 'http://elsewhere.example',
  'sec-fetch-site': 'cross-site',
}

describe('GET /v1/schedules', () => {
  it('200: those of a namespace', async () => {
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

  it('200: in the order of their names, however long each takes', async () => {
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

  it('422: no such parameter', async () => {
    await problemOf(call(createMemoryDeps(), 'GET', '/v1/schedules?name=x'), 422)
  })

  it('503: Temporal is away', async () => {
    const deps = createMemoryDeps()
    deps.fail('listSchedules', 'unavailable')
    await problemOf(call(deps, 'GET', '/v1/schedules'), 503)
  })
})

describe('GET /v1/schedules/{namespace}/{name}', () => {
  it('200: how it fires', async () => {
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

  it('404: there is none, and what makes one', async () => {
    const { detail } = await problemOf(call(createMemoryDeps(), 'GET'), 404)
    expect(detail).toContain('cronExpression')
  })

  it('422: a name that is none', async () => {
    await problemOf(call(createMemoryDeps(), 'GET', '/v1/schedules/default/N_'), 422)
  })

  it('503: Temporal is away', async () => {
    const deps = await scheduled()
    deps.fail('getSchedule', 'unavailable')
    await problemOf(call(deps, 'GET'), 503)
  })
})

describe('PATCH /v1/schedules/{namespace}/{name}', () => {
  const change = { overlap: 'skip', catchUpWindow: '30m', timeZone: 'Europe/Berlin' }

  it('200: the Pipeline says it, and the schedule follows', async () => {
    const deps = await scheduled()
    const answer = await call(deps, 'PATCH', path, change)
    expect(answer.status, await answer.clone().text()).toBe(200)
    expect(await answer.json()).toMatchObject({
      overlap: 'skip',
      catchUpWindowMs: 1_800_000,
      timeZone: 'Europe/Berlin',
      expiresAt: '2030-12-31T23:59:59.000Z',
    })
    expect(stored(deps, { kind: 'Pipeline', ...ref }).metadata.annotations).toEqual({
      'millrace.dev/overlap-policy': 'skip',
      'millrace.dev/catch-up-window': '30m',
      'millrace.dev/time-zone': 'Europe/Berlin',
    })
  })

  it('200: what is not given stays, and so does a pause', async () => {
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

  it('404: there is none, and nothing is written', async () => {
    const deps = createMemoryDeps()
    await problemOf(call(deps, 'PATCH', path, change), 404)
    expect(deps.calls.filter((each) => each.startsWith('annotate'))).toEqual([])
  })

  it('409: the stored Pipeline breaks a rule', async () => {
    const deps = await scheduled()
    stored(deps, { kind: 'Pipeline', ...ref }).spec = { strategy: { cronExpression: 'never' } }
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

  it('503: Kubernetes is away', async () => {
    const deps = await scheduled()
    deps.fail('annotate', 'unavailable')
    await problemOf(call(deps, 'PATCH', path, change), 503)
  })
})

describe.each(['pause', 'resume'])('POST /v1/schedules/{namespace}/{name}/%s', (verb) => {
  const at = `${path}/${verb}`
  const [phase, word] = verb === 'pause' ? ['Paused', 'Paused'] : ['Active', 'Resumed']

  it('200: who did it, and why, stands in the note', async () => {
    const deps = await scheduled()
    const answer = await call(deps, 'POST', at, { reason: 'the warehouse moves' })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ phase, note: `${word} by anonymous: the warehouse moves` })
  })

  it('200: without a body, or an empty one', async () => {
    const deps = await scheduled()
    for (const body of [undefined, {}]) {
      expect(await (await call(deps, 'POST', at, body)).json()).toMatchObject({
        note: `${word} by anonymous`,
      })
    }
  })

  it('404: there is none', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', at), 404)
  })

  it('409: somebody else keeps changing it', async () => {
    const deps = await scheduled()
    deps.fail(`${verb}Schedule`, 'conflict')
    await problemOf(call(deps, 'POST', at), 409)
  })

  it('422: a reason that is none', async () => {
    const deps = await scheduled()
    await problemOf(call(deps, 'POST', at, { reason: 1 }), 422)
    await problemOf(call(deps, 'POST', at, { reason: 'x'.repeat(201) }), 422)
    await problemOf(call(deps, 'POST', at, { why: 'x' }), 422)
  })
})

describe('POST /v1/schedules/{namespace}/{name}/trigger', () => {
  it('403: from a page of another site', async () => {
    const deps = await scheduled()
    const answer = createApp(deps).request(`${path}/trigger`, { method: 'POST', headers: foreign })
    await problemOf(answer, 403)
  })

  it.each([
    [409, 'conflict'],
    [503, 'unavailable'],
  ] as const)('%i: Temporal says so', async (status, code) => {
    const deps = await scheduled()
    deps.fail('triggerSchedule', code)
    await problemOf(call(deps, 'POST', `${path}/trigger`), status)
  })

  it('202: it has fired', async () => {
    const deps = await scheduled()
    const answer = await call(deps, 'POST', `${path}/trigger`)
    expect([answer.status, await answer.json()]).toEqual([202, ref])
    const view = await getSchedule({ deps, actor: { name: 'test' }, input: ref })
    expect(view.recentFires).toHaveLength(1)
  })

  it('404: there is none', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', `${path}/trigger`), 404)
  })

  it('422: a name that is none', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', '/v1/schedules/default/N_/trigger'), 422)
  })
})

describe('POST /v1/schedules/{namespace}/{name}/backfill', () => {
  const at = `${path}/backfill`
  const range = { start: '2026-01-01T00:00:00Z', end: '2027-01-01T00:00:00+00:00' }

  it('202: with its own overlap policy, or that of the schedule', async () => {
    const deps = await scheduled()
    for (const body of [range, { ...range, overlap: 'bufferAll' }]) {
      const answer = await call(deps, 'POST', at, body)
      expect([answer.status, await answer.json()]).toEqual([202, ref])
    }
    const asked = `backfillSchedule default/nightly ${range.start} ${range.end}`
    expect(deps.calls.slice(-2)).toEqual([asked, `${asked} bufferAll`])
  })

  it('404: there is none', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', at, range), 404)
  })

  it.each([
    [{ start: range.start }, ['end'], 'invalid-type'],
    [{ ...range, start: 'yesterday' }, ['start'], 'time'],
    [{ start: '2026-01-01', end: '2026-02-30T00:00:00Z' }, ['start', 'end'], 'time'],
    [{ ...range, end: range.start }, ['end'], 'order'],
    [{ ...range, end: '2025-12-31T00:00:00Z' }, ['end'], 'order'],
    [{ ...range, end: '2027-01-02T00:00:00.001Z' }, ['end'], 'too-long'],
    [{ ...range, overlap: 'terminate' }, ['overlap'], 'invalid-value'],
  ])('422: %j', async (body, paths, rule) => {
    const deps = await scheduled()
    const { issues = [] } = await problemOf(call(deps, 'POST', at, body), 422)
    expect(issues.map((issue) => issue.path)).toEqual(paths)
    expect(issues[0]?.rule).toBe(rule)
    expect(deps.calls.filter((each) => each.startsWith('backfill'))).toEqual([])
  })
})

const range = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' }
const bodies: [method: string, at: string, port: string, body: object][] = [
  ['PATCH', path, 'getSchedule', { overlap: 'skip' }],
  ['POST', `${path}/pause`, 'pauseSchedule', {}],
  ['POST', `${path}/resume`, 'resumeSchedule', {}],
  ['POST', `${path}/backfill`, 'backfillSchedule', range],
]

describe.each(bodies)('%s %s', (method, at, port, body) => {
  it('400: a body that is no JSON', async () => {
    await problemOf(call(await scheduled(), method, at, '{'), 400)
  })

  it('403: from a page of another site', async () => {
    await problemOf(call(await scheduled(), method, at, body, foreign), 403)
  })

  it('413: too large', async () => {
    await problemOf(call(await scheduled(), method, at, 'x'.repeat(3 * 1024 * 1024 + 1)), 413)
  })

  it('415: not JSON', async () => {
    const yaml = { 'content-type': 'application/yaml' }
    await problemOf(call(await scheduled(), method, at, 'reason: x', yaml), 415)
  })

  it('503: Temporal is away', async () => {
    const deps = await scheduled()
    deps.fail(port, 'unavailable')
    await problemOf(call(deps, method, at, body), 503)
  })
})
