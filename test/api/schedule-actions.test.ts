import { describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { getSchedule } from '../../src/operations/schedules/get-schedule.ts'
import { createMemoryDeps } from '../operations/memory-deps.ts'
import { problemOf } from './problem-of.ts'
import { call, foreign, path, ref, scheduled } from './scheduled.ts'

describe.each(['pause', 'resume'])('POST /v1/schedules/{namespace}/{name}/%s', (verb) => {
  const at = `${path}/${verb}`
  const [phase, word] = verb === 'pause' ? ['Paused', 'Paused'] : ['Active', 'Resumed']

  it('200: the note says who did it, and why', async () => {
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

  it('404: an unknown schedule', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', at), 404)
  })

  it('409: a concurrent change', async () => {
    const deps = await scheduled()
    deps.fail(`${verb}Schedule`, 'conflict')
    await problemOf(call(deps, 'POST', at), 409)
  })

  it('422: an invalid reason', async () => {
    const deps = await scheduled()
    await problemOf(call(deps, 'POST', at, { reason: 1 }), 422)
    await problemOf(call(deps, 'POST', at, { reason: 'x'.repeat(201) }), 422)
    await problemOf(call(deps, 'POST', at, { why: 'x' }), 422)
  })
})

describe('POST /v1/schedules/{namespace}/{name}/trigger', () => {
  it('403: a cross-site request', async () => {
    const deps = await scheduled()
    const answer = createApp(deps).request(`${path}/trigger`, { method: 'POST', headers: foreign })
    await problemOf(answer, 403)
  })

  it.each([
    [409, 'conflict'],
    [503, 'unavailable'],
  ] as const)('%i: the error of Temporal', async (status, code) => {
    const deps = await scheduled()
    deps.fail('triggerSchedule', code)
    await problemOf(call(deps, 'POST', `${path}/trigger`), status)
  })

  it('202: it fires', async () => {
    const deps = await scheduled()
    const answer = await call(deps, 'POST', `${path}/trigger`)
    expect([answer.status, await answer.json()]).toEqual([202, ref])
    const view = await getSchedule({ deps, actor: { name: 'test' }, input: ref })
    expect(view.recentFires).toHaveLength(1)
  })

  it('404: an unknown schedule', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', `${path}/trigger`), 404)
  })

  it('422: an invalid name', async () => {
    await problemOf(call(createMemoryDeps(), 'POST', '/v1/schedules/default/N_/trigger'), 422)
  })
})

describe('POST /v1/schedules/{namespace}/{name}/backfill', () => {
  const at = `${path}/backfill`
  const range = { start: '2026-01-01T00:00:00Z', end: '2027-01-01T00:00:00+00:00' }

  it('202: with an overlap policy of its own or that of the schedule', async () => {
    const deps = await scheduled()
    for (const body of [range, { ...range, overlap: 'bufferAll' }]) {
      const answer = await call(deps, 'POST', at, body)
      expect([answer.status, await answer.json()]).toEqual([202, ref])
    }
    const asked = `backfillSchedule default/nightly ${range.start} ${range.end}`
    expect(deps.calls.slice(-2)).toEqual([asked, `${asked} bufferAll`])
  })

  it('404: an unknown schedule', async () => {
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
  it('400: a body that is not JSON', async () => {
    await problemOf(call(await scheduled(), method, at, '{'), 400)
  })

  it('403: a cross-site request', async () => {
    await problemOf(call(await scheduled(), method, at, body, foreign), 403)
  })

  it('413: too large', async () => {
    await problemOf(call(await scheduled(), method, at, 'x'.repeat(3 * 1024 * 1024 + 1)), 413)
  })

  it('415: not JSON', async () => {
    const yaml = { 'content-type': 'application/yaml' }
    await problemOf(call(await scheduled(), method, at, 'reason: x', yaml), 415)
  })

  it('503: Temporal is unavailable', async () => {
    const deps = await scheduled()
    deps.fail(port, 'unavailable')
    await problemOf(call(deps, method, at, body), 503)
  })
})
