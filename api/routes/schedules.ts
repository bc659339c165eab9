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
  description: 'The current schedule',
  content: { 'application/json': { schema: Schedule } },
}
const accepted = { content: { 'application/json': { schema: ScheduleReference } } }
const reason = { required: false, content: { 'application/json': { schema: Reason } } }

const list = createRoute({
  method: 'get',
  path: '/v1/schedules',
  operationId: 'listSchedules',
  tags,
  summary: 'List the schedules of Pipelines',
  description: 'Sorted by namespace and name. A new schedule appears a moment after its Pipeline was stored.',
  request: { query: z.strictObject({ namespace: Namespace.optional() }) },
  responses: {
    200: {
      description: 'All schedules',
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
  summary: 'Get the schedule of a Pipeline',
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
    'Sets the annotations of the Pipeline, from which its schedule is derived: overlap policy (default: `allow`),',
    'catch-up window (1h) and time zone (UTC). The strategy of the Pipeline says when it fires, and until when.',
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
    'The schedule does not fire until it is resumed. Running runs continue. Storing the Pipeline again does not resume it.',
  request: { params, body: reason },
  responses: { 200: asItIs, ...problems(400, 403, 404, 409, 413, 415, 422, 503) },
})

const resume = createRoute({
  method: 'post',
  path: `${path}/resume`,
  operationId: 'resumeSchedule',
  tags,
  summary: 'Resume a schedule',
  description: 'Fires that were due during the pause are not caught up; use a backfill for that.',
  request: { params, body: reason },
  responses: { 200: asItIs, ...problems(400, 403, 404, 409, 413, 415, 422, 503) },
})

const trigger = createRoute({
  method: 'post',
  path: `${path}/trigger`,
  operationId: 'triggerSchedule',
  tags,
  summary: 'Fire a schedule once, now',
  description: 'Regardless of other runs, even if the schedule is paused or has expired.',
  request: { params },
  responses: {
    202: { description: 'The schedule has fired: its run appears in the list of runs soon', ...accepted },
    ...problems(403, 404, 409, 422, 503),
  },
})

const backfill = createRoute({
  method: 'post',
  path: `${path}/backfill`,
  operationId: 'backfillSchedule',
  tags,
  summary: 'Backfill a schedule',
  description:
    'Starts the runs that were due from `start` to `end`, both inclusive, even if the schedule is paused or has expired.',
  request: {
    params,
    body: { required: true, content: { 'application/json': { schema: BackfillSchedule } } },
  },
  responses: {
    202: { description: 'The runs are started one after another', ...accepted },
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
