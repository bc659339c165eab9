import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import type { CalendarRange, CalendarTime, ScheduleSpec } from '../../src/model/schedule-spec.ts'
import type { ScheduleRef, Schedules } from '../../src/operations/ports/schedules.ts'
import { deadlines } from '../../src/temporal/call-temporal.ts'
import { connectTemporal } from '../../src/temporal/connect.ts'
import { registerSearchAttributes } from '../../src/temporal/register-search-attributes.ts'
import { scheduleId } from '../../src/temporal/schedules/schedule-id.ts'
import { createSchedules } from '../../src/temporal/schedules/schedules.ts'
import { readUntil, succeeds, until } from '../until.ts'
import { expectUnavailable, temporalAddress } from './server.ts'

/** A Temporal namespace of its own, because the workers of the stack remove schedules without a Pipeline. */
const namespace = `schedules-${randomBytes(4).toString('hex')}`
const ui = { namespace, uiUrl: 'http://127.0.0.1:8233' }
/** No worker polls it, so a fire stays open. */
const taskQueue = 'nobody'

const at = (start: number, end = start, step = 1): CalendarRange[] => [{ start, end, step }]
const daily: CalendarTime = {
  minute: at(30),
  hour: at(4),
  dayOfMonth: at(1, 31),
  month: at(1, 12),
  dayOfWeek: at(0, 6),
}
const everySecond = { everyMs: 1_000 }

function wish(more: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    cron: '30 4 * * *',
    timing: { calendars: [daily] },
    timeZone: 'UTC',
    overlap: 'allow',
    catchUpWindowMs: 3_600_000,
    ...more,
  }
}

describe.skipIf(temporalAddress === undefined)('schedules on a Temporal server', () => {
  let connection: Connection
  let schedules: Schedules
  let client: Client
  let count = 0

  const place = 'team'
  const next = (): ScheduleRef => ({ namespace: place, name: `p${++count}` })
  const made = async (more: Partial<ScheduleSpec> = {}): Promise<ScheduleRef> => {
    const ref = next()
    expect(await schedules.ensure(ref, wish(more))).toBe('created')
    return ref
  }
  const view = async (ref: ScheduleRef) => {
    const seen = await schedules.get(ref)
    if (!seen) throw new Error(`there is no schedule ${ref.name}`)
    return seen
  }
  const fires = async (ref: ScheduleRef): Promise<string[]> =>
    (await view(ref)).recentFires.map(({ scheduledAt }) => scheduledAt.replace('.000Z', 'Z'))
  const describeFires = async (ref: ScheduleRef) =>
    (await client.schedule.getHandle(scheduleId(ref)).describe()).info.recentActions

  beforeAll(async () => {
    connection = connectTemporal({ address: temporalAddress ?? '' })
    const workflowExecutionRetentionPeriod = msToTs('1 day')
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
    client = new Client({ connection, namespace })
    // Each service of the server refreshes its list of namespaces only now and then.
    await until('search attributes are registered', () =>
      succeeds(() => registerSearchAttributes(connection, namespace)),
    )
    schedules = createSchedules({ connection, ...ui, taskQueue })
    const probe = next()
    await until('the namespace takes schedules', () => succeeds(() => schedules.ensure(probe, wish())))
    await schedules.remove(probe)
  })

  afterAll(async () => {
    for (const ref of await schedules.list({})) await schedules.remove(ref)
    await connection.close()
  })

  it('is created, unchanged, and configured', async () => {
    const ref = await made()
    expect(await schedules.ensure(ref, wish())).toBe('unchanged')
    const changes: Partial<ScheduleSpec>[] = [
      { cron: '30  4 * * *' },
      { timeZone: 'Europe/Berlin' },
      { overlap: 'skip' },
      { catchUpWindowMs: 10_000 },
      { expiresAt: '2100-01-01T00:00:00.000Z' },
      { timing: { calendars: [{ ...daily, month: at(2, 12, 5), dayOfWeek: at(1, 5, 2) }] } },
      { timing: { everyMs: 90_000 } },
    ]
    for (const change of changes) {
      expect(await schedules.ensure(ref, wish(change)), JSON.stringify(change)).toBe('configured')
      expect(await schedules.ensure(ref, wish(change)), JSON.stringify(change)).toBe('unchanged')
    }
  })

  it('shows its spec and its next fires', async () => {
    const expiresAt = '2100-01-01T00:00:00.000Z'
    const ref = await made({ timeZone: 'Europe/Berlin', overlap: 'bufferOne', expiresAt })
    expect(await schedules.get(ref)).toEqual({
      ...ref,
      cron: '30 4 * * *',
      timeZone: 'Europe/Berlin',
      expiresAt,
      overlap: 'bufferOne',
      catchUpWindowMs: 3_600_000,
      phase: 'Active',
      nextFires: Array.from({ length: 5 }, () => expect.stringMatching(/T0[23]:30:00\.000Z$/)),
      recentFires: [],
      missedFires: 0,
      skippedFires: 0,
      temporalUrl: `http://127.0.0.1:8233/namespaces/${namespace}/schedules/pipeline.controller.ljchen.net%2Fteam%2F${ref.name}`,
    })
  })

  it('a change that somebody made in Temporal is reverted', async () => {
    const ref = await made()
    const handle = client.schedule.getHandle(scheduleId(ref))
    await handle.update((now) => ({ ...now, policies: { overlap: 'TERMINATE_OTHER' } }))
    expect(await schedules.ensure(ref, wish())).toBe('configured')
    expect(await view(ref)).toMatchObject({ overlap: 'allow', catchUpWindowMs: 3_600_000 })
  })

  it('an unknown schedule is undefined, and every change of it is false', async () => {
    const ref = next()
    expect(await schedules.get(ref)).toBeUndefined()
    expect(await schedules.remove(ref)).toBe(false)
    expect(await schedules.pause(ref, 'x')).toBe(false)
    expect(await schedules.resume(ref, 'x')).toBe(false)
    expect(await schedules.trigger(ref)).toBe(false)
    const range = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' }
    expect(await schedules.backfill(ref, range)).toBe(false)
  })

  it('can be created again after it was removed', async () => {
    const ref = await made()
    expect(await schedules.remove(ref)).toBe(true)
    expect(await schedules.get(ref)).toBeUndefined()
    expect(await schedules.ensure(ref, wish())).toBe('created')
  })

  it('concurrent creations all succeed, and one of them reports created', async () => {
    const ref = next()
    const results = await Promise.all([1, 2, 3].map(() => schedules.ensure(ref, wish())))
    expect(results.toSorted()).toEqual(['created', 'unchanged', 'unchanged'])
  })

  describe('a pause', () => {
    it('and its note stay when the schedule changes', async () => {
      const ref = await made()
      expect(await schedules.pause(ref, 'Paused by ann: moving')).toBe(true)
      expect(await view(ref)).toMatchObject({ phase: 'Paused', note: 'Paused by ann: moving' })
      expect(await schedules.ensure(ref, wish({ overlap: 'skip' }))).toBe('configured')
      expect(await view(ref)).toMatchObject({
        phase: 'Paused',
        overlap: 'skip',
        note: 'Paused by ann: moving',
      })
      expect(await schedules.resume(ref, 'Resumed by bob')).toBe(true)
      expect(await view(ref)).toMatchObject({ phase: 'Active', note: 'Resumed by bob' })
    })

    /** The same schedules with some calls of the service replaced. */
    const through = (overrides: object): Schedules => {
      const service = Object.create(connection.workflowService, Object.getOwnPropertyDescriptors(overrides))
      const between = Object.create(connection, { workflowService: { value: service } })
      return createSchedules({ connection: between, ...ui, taskQueue })
    }

    it('is not lost to a change that read the schedule before it', async () => {
      const ref = await made()
      const service = connection.workflowService
      let updates = 0
      const updateSchedule = async (request: Parameters<typeof service.updateSchedule>[0]) => {
        if (++updates === 1) await schedules.pause(ref, 'in between')
        return service.updateSchedule(request)
      }
      expect(await through({ updateSchedule }).ensure(ref, wish({ overlap: 'skip' }))).toBe('configured')
      expect(await view(ref)).toMatchObject({ overlap: 'skip', phase: 'Paused', note: 'in between' })
      expect(updates).toBe(2)
    })

    it('is requested again if the server drops it for a concurrent patch', async () => {
      const ref = await made()
      const service = connection.workflowService
      let patches = 0
      const patchSchedule = async (request: Parameters<typeof service.patchSchedule>[0]) =>
        ++patches === 1 ? {} : service.patchSchedule(request)
      const losing = through({ patchSchedule })
      expect(await losing.pause(ref, 'enough')).toBe(true)
      expect(await view(ref)).toMatchObject({ phase: 'Paused', note: 'enough' })
      patches = 0
      await expect(losing.trigger(ref)).rejects.toMatchObject({ code: 'conflict' })
      expect(await fires(ref)).toEqual([])
    })

    it('and a concurrent change both take effect', async () => {
      const ref = await made()
      for (const overlap of ['skip', 'bufferOne', 'bufferAll'] as const) {
        await schedules.resume(ref, 'again')
        await Promise.all([schedules.ensure(ref, wish({ overlap })), schedules.pause(ref, 'enough')])
        expect(await view(ref)).toMatchObject({ overlap, phase: 'Paused' })
      }
    })

    it('fires nothing, and still shows the next fires after a long time', async () => {
      const ref = await made({ timing: everySecond })
      await schedules.pause(ref, 'x')
      const before = await fires(ref)
      // By then, the server's own list of ten fires is in the past.
      await sleep(12_000)
      const askedAt = Date.now()
      const seen = await view(ref)
      expect(seen.phase).toBe('Paused')
      expect(seen.nextFires).toHaveLength(5)
      expect(Date.parse(seen.nextFires[0] ?? '')).toBeGreaterThan(askedAt - 1_000)
      expect(await fires(ref)).toEqual(before)
    })
  })

  describe('an expiry', () => {
    it('in the past makes a schedule Expired, whether it is paused or not', async () => {
      const ref = await made({ expiresAt: '2020-01-01T00:00:00.000Z' })
      const expired = { phase: 'Expired', nextFires: [], expiresAt: '2020-01-01T00:00:00.000Z' }
      expect(await view(ref)).toMatchObject(expired)
      await schedules.pause(ref, 'x')
      expect(await view(ref)).toMatchObject(expired)
      expect(await schedules.ensure(ref, wish())).toBe('configured')
      expect(await view(ref)).toMatchObject({ phase: 'Paused' })
    })

    it('at the time of a fire prevents that fire', async () => {
      const year = new Date().getUTCFullYear() + 1
      const ref = await made({
        expiresAt: `${year}-03-02T04:30:00.000Z`,
        timing: { calendars: [{ ...daily, month: at(3) }] },
      })
      expect((await view(ref)).nextFires).toEqual([`${year}-03-01T04:30:00.000Z`])
    })
  })

  it('the days of two calendars both fire, in the time zone of the schedule', async () => {
    const midnight = { ...daily, minute: at(0), hour: at(0) }
    const ref = await made({
      cron: '0 0 13 * 5',
      timeZone: 'America/New_York',
      timing: {
        calendars: [
          { ...midnight, dayOfMonth: at(13) },
          { ...midnight, dayOfWeek: at(5) },
        ],
      },
    })
    await schedules.backfill(ref, { start: '2026-03-01T00:00:00Z', end: '2026-04-01T00:00:00Z' })
    const wanted = ['06T05', '13T04', '20T04', '27T04'].map((time) => `2026-03-${time}:00:00Z`)
    expect(
      await readUntil(
        () => fires(ref),
        (seen) => seen.length >= wanted.length,
      ),
    ).toEqual(wanted)
    const days = (await view(ref)).nextFires.map((time) => new Date(Date.parse(time) - 6 * 3_600_000))
    expect(days.every((day) => day.getUTCDay() === 4 || day.getUTCDate() === 12)).toBe(true)
  })

  it('an unknown time zone is invalid', async () => {
    for (const timeZone of ['Mars/Olympus', 'europe/berlin']) {
      const refused = { code: 'invalid', message: expect.stringContaining(timeZone) }
      await expect(schedules.ensure(next(), wish({ timeZone }))).rejects.toMatchObject(refused)
    }
    const ref = await made()
    await expect(schedules.ensure(ref, wish({ timeZone: '+02:00' }))).rejects.toMatchObject({
      code: 'invalid',
    })
  })

  describe('a backfill', () => {
    const hourly = { timing: { calendars: [{ ...daily, hour: at(0, 23) }] } }
    /** The fires of a backfill, once `count` have come and no further one has followed. */
    const backfilled = async (start: string, end: string, count: number): Promise<string[]> => {
      const ref = await made(hourly)
      expect(await schedules.backfill(ref, { start, end })).toBe(true)
      await readUntil(
        () => fires(ref),
        (seen) => seen.length >= count,
      )
      await sleep(patience(1_500))
      return fires(ref)
    }
    const day = '2026-01-01T'

    it.each([
      ['includes both ends', `${day}00:30:00Z`, `${day}02:30:00Z`, ['00', '01', '02']],
      ['accepts ends in any time zone', `${day}02:30:00+02:00`, `${day}02:30:00+01:00`, ['00', '01']],
      ['excludes a fire just before its start', `${day}00:30:00.001Z`, `${day}02:29:59.999Z`, ['01']],
      ['of a range without a fire fires nothing', `${day}00:31:00Z`, `${day}01:29:00Z`, []],
    ])('%s', async (_, start, end, hours) => {
      const wanted = hours.map((hour) => `${day}${hour}:30:00Z`)
      expect(await backfilled(start, end, wanted.length)).toEqual(wanted)
    })

    it('and concurrent ones all fire', async () => {
      const ref = await made(hourly)
      const hours = ['03', '04', '05', '06', '07', '08']
      await Promise.all(
        hours.map((hour) => {
          const time = `${day}${hour}:30:00Z`
          return schedules.backfill(ref, { start: time, end: time })
        }),
      )
      const seen = await readUntil(
        () => fires(ref),
        (all) => all.length === hours.length,
      )
      expect(seen).toEqual(hours.map((hour) => `${day}${hour}:30:00Z`))
    })

    it('has an overlap policy of its own', async () => {
      const ref = await made(hourly)
      await schedules.backfill(ref, { start: `${day}00:30:00Z`, end: `${day}02:30:00Z`, overlap: 'skip' })
      const seen = await readUntil(
        () => view(ref),
        ({ skippedFires }) => skippedFires === 2,
      )
      expect(seen.recentFires).toHaveLength(1)
    })
  })

  describe('a trigger', () => {
    it('starts the workflow of a fire, with its summary, memo and search attributes', async () => {
      const ref = await made()
      await schedules.pause(ref, 'x')
      expect(await schedules.trigger(ref)).toBe(true)
      const [fire] = await describeFires(ref)
      const { workflowId, firstExecutionRunId } = fire?.action.workflow ?? { workflowId: '' }
      expect(workflowId).toMatch(
        new RegExp(
          `^scheduled-run/pipeline\\.controller\\.ljchen\\.net/team/${ref.name}-\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$`,
        ),
      )
      const handle = client.workflow.getHandle(workflowId, firstExecutionRunId)
      const description = await handle.describe()
      expect(description).toMatchObject({ type: 'scheduledRun', taskQueue, memo: { cron: '30 4 * * *' } })
      expect(await description.staticSummary()).toBe(`Pipeline team/${ref.name} on schedule`)
      const attributes = description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])
      expect(Object.fromEntries(attributes)).toMatchObject({
        MillraceNamespace: 'team',
        MillraceDefinition: ref.name,
        TemporalScheduledById: scheduleId(ref),
        TemporalScheduledStartTime: expect.any(Date),
      })
      const { events } = await handle.fetchHistory()
      const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]
      expect(JSON.parse(Buffer.from(input?.data ?? []).toString())).toEqual({
        namespace: 'team',
        pipeline: ref.name,
      })
    })

    it('and a concurrent one are two fires', async () => {
      const ref = await made()
      await Promise.all([schedules.trigger(ref), schedules.trigger(ref)])
      expect(await describeFires(ref)).toHaveLength(2)
    })
  })

  it('a list has the schedules of one or all namespaces, sorted by name, and no foreign ones', async () => {
    const refs = [
      { namespace: 'list-b', name: 'x' },
      { namespace: 'list-a', name: 'y' },
      { namespace: 'list-a', name: 'x.z' },
    ]
    for (const ref of refs) await schedules.ensure(ref, wish())
    await client.schedule.create({
      scheduleId: 'foreign',
      spec: { intervals: [{ every: '1 day' }] },
      action: { type: 'startWorkflow', workflowType: 'x', taskQueue },
    })
    const [b, y, xz] = refs
    const own = async () => (await schedules.list({})).filter((ref) => ref.namespace.startsWith('list-'))
    expect(await readUntil(own, (all) => all.length === 3)).toEqual([xz, y, b])
    expect(await schedules.list({ namespace: 'list-a' })).toEqual([xz, y])
    expect(await schedules.list({ namespace: "list-a' OR MillraceNamespace = 'list-b" })).toEqual([])
    expect((await schedules.list({})).map(({ name }) => name)).not.toContain('foreign')
  })
})

it('every call to an unreachable server soon fails as unavailable', async () => {
  const connection = connectTemporal({ address: '127.0.0.1:1' })
  const schedules = createSchedules({ connection, ...ui })
  const ref = { namespace: 'default', name: 'x' }
  const range = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' }
  const calls = {
    ensure: () => schedules.ensure(ref, wish()),
    remove: () => schedules.remove(ref),
    get: () => schedules.get(ref),
    list: () => schedules.list({}),
    pause: () => schedules.pause(ref, 'x'),
    resume: () => schedules.resume({ ...ref, name: 'y' }, 'x'),
    trigger: () => schedules.trigger({ ...ref, name: 'z' }),
    backfill: () => schedules.backfill({ ...ref, name: 'w' }, range),
  }
  await expectUnavailable(calls, deadlines.scheduleMs + patience(4_000))
  await connection.close()
})
