import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { backfillSchedule } from '../../src/operations/schedules/backfill-schedule.ts'
import { configureSchedule } from '../../src/operations/schedules/configure-schedule.ts'
import { getSchedule } from '../../src/operations/schedules/get-schedule.ts'
import { listSchedules } from '../../src/operations/schedules/list-schedules.ts'
import { pauseSchedule } from '../../src/operations/schedules/pause-schedule.ts'
import { resumeSchedule } from '../../src/operations/schedules/resume-schedule.ts'
import { triggerSchedule } from '../../src/operations/schedules/trigger-schedule.ts'
import { defined } from '../defined.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { Namespace, ObjectName } from '../schemas/parameters.ts'
import { problems } from '../schemas/problem.ts'
import {
  BackfillSchedule,
  ConfigureSchedule,
  Reason,
  Schedule,
  ScheduleReference,
} from '../schemas/schedule.ts'

const path = '/v1/schedules/{namespace}/{name}'
const params = z.object({ namespace: Namespace, name: ObjectName })
const tags = ['Schedules']
const asItIs = {
  description: 'The schedule as it is now',
  content: { 'application/json': { schema: Schedule } },
}
const accepted = { content: { 'application/json': { schema: ScheduleReference } } }
const reason = { required: false, content: { 'application/json': { schema: Reason } } }

const list = createRoute({
  method: 'get',
  path: '/v1/schedules',
  operationId: 'listSchedules',
  tags,
  summary: 'Schedules of Pipelines',
  description: 'By namespace and name. A new one shows up a moment after its Pipeline was stored.',
  request: { query: z.strictObject({ namespace: Namespace.optional() }) },
  responses: {
    200: {
      description: 'All of them',
      content: {
        'application/json': { schema: z.object({ schedules: z.array(Schedule) }).openapi('ScheduleList') },
      },
    },
    ...problems(422, 503),
  },
})

const get = createRoute({
  method: 'get',
  path,
  operationId: 'getSchedule',
  tags,
  summary: 'The schedule of a Pipeline',
  request: { params },
  responses: { 200: asItIs, ...problems(404, 422, 503) },
})

const patch = createRoute({
  method: 'patch',
  path,
  operationId: 'configureSchedule',
  tags,
  summary: 'Change how a schedule fires',
  description: [
    'Written to the Pipeline as its annotations, from which the schedule follows: overlap policy (by default `allow`),',
    'catch-up window (an hour) and time zone (UTC). When it fires, and until when, the strategy of the Pipeline says.',
  ].join(' '),
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: ConfigureSchedule } } },
  },
  responses: { 200: asItIs, ...problems(400, 403, 404, 409, 413, 415, 422, 503) },
})

const pause = createRoute({
  method: 'post',
  path: `${path}/pause`,
  operationId: 'pauseSchedule',
  tags,
  summary: 'Pause a schedule',
  description:
    'Until it is resumed, nothing fires by time. Runs under way go on; storing the Pipeline anew ends no pause.',
  request: { params, body: reason },
  responses: { 200: asItIs, ...problems(400, 403, 404, 409, 413, 415, 422, 503) },
})

const resume = createRoute({
  method: 'post',
  path: `${path}/resume`,
  operationId: 'resumeSchedule',
  tags,
  summary: 'Resume a schedule',
  description: 'What was left out while it was paused is not made up for; a backfill does that.',
  request: { params, body: reason },
  responses: { 200: asItIs, ...problems(400, 403, 404, 409, 413, 415, 422, 503) },
})

const trigger = createRoute({
  method: 'post',
  path: `${path}/trigger`,
  operationId: 'triggerSchedule',
  tags,
  summary: 'Fire a schedule once, now',
  description: 'Whatever else is under way, and also while it is paused or has expired.',
  request: { params },
  responses: {
    202: { description: 'It has fired: its run is in the list of runs soon', ...accepted },
    ...problems(403, 404, 409, 422, 503),
  },
})

const backfill = createRoute({
  method: 'post',
  path: `${path}/backfill`,
  operationId: 'backfillSchedule',
  tags,
  summary: 'Make up for the fires of a time',
  description:
    'Starts what was due from `start` to `end`, both included, also while it is paused or has expired.',
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: BackfillSchedule } } },
  },
  responses: {
    202: { description: 'They are started one after the other', ...accepted },
    ...problems(400, 403, 404, 413, 415, 422, 503),
  },
})

export const scheduleRoutes = (deps: ApiDeps) =>
  new OpenAPIHono<ApiEnv>()
    .openapi(list, async (c) => {
      const input = defined(c.req.valid('query'))
      return c.json({ schedules: await listSchedules(callOf(c, deps, input)) }, 200)
    })
    .openapi(get, async (c) => {
      const input = c.req.valid('param')
      return c.json(await getSchedule(callOf(c, deps, input)), 200)
    })
    .openapi(patch, async (c) => {
      const input = { ...defined(c.req.valid('json')), ...c.req.valid('param') }
      return c.json(await configureSchedule(callOf(c, deps, input)), 200)
    })
    .openapi(pause, async (c) => {
      const input = { ...defined(c.req.valid('json')), ...c.req.valid('param') }
      return c.json(await pauseSchedule(callOf(c, deps, input)), 200)
    })
    .openapi(resume, async (c) => {
      const input = { ...defined(c.req.valid('json')), ...c.req.valid('param') }
      return c.json(await resumeSchedule(callOf(c, deps, input)), 200)
    })
    .openapi(trigger, async (c) => {
      const input = c.req.valid('param')
      return c.json(await triggerSchedule(callOf(c, deps, input)), 202)
    })
    .openapi(backfill, async (c) => {
      const input = { ...defined(c.req.valid('json')), ...c.req.valid('param') }
      return c.json(await backfillSchedule(callOf(c, deps, input)), 202)
    })
