import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { cancelRun } from '../../src/operations/runs/cancel-run.ts'
import { deleteRun } from '../../src/operations/runs/delete-run.ts'
import { getRun } from '../../src/operations/runs/get-run.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { RunId } from '../schemas/parameters.ts'
import { problems } from '../schemas/problem.ts'
import { Run } from '../schemas/run.ts'

const params = z.object({ id: RunId })

const get = createRoute({
  method: 'get',
  path: '/v1/runs/{id}',
  operationId: 'getRun',
  tags: ['Runs'],
  summary: 'Get the status of a run with its nodes and attempts',
  request: { params },
  responses: {
    200: { description: 'The current status', content: { 'application/json': { schema: Run } } },
    ...problems(404, 410, 503),
  },
})

const cancel = createRoute({
  method: 'post',
  path: '/v1/runs/{id}/cancel',
  operationId: 'cancelRun',
  tags: ['Runs'],
  summary: 'Cancel a run',
  description:
    'The run is Cancelled when its running objects no longer exist. A run that has ended does not change.',
  request: { params },
  responses: {
    202: {
      description: 'The cancel was requested',
      content: { 'application/json': { schema: z.object({ id: z.string() }).openapi('RunReference') } },
    },
    ...problems(403, 404, 409, 503),
  },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/runs/{id}',
  operationId: 'deleteRun',
  tags: ['Runs'],
  summary: 'Cancel a run and delete its object and everything that it created',
  description:
    'Waits up to 45 s for the run to end. Temporal keeps its history until the retention period is over.',
  request: { params },
  responses: {
    204: { description: 'The run was deleted' },
    202: {
      description: 'The run has not ended yet: repeat the request',
      content: {
        'application/json': { schema: z.object({ id: z.string(), message: z.string() }).openapi('Ending') },
      },
    },
    ...problems(403, 404, 503),
  },
})

export const oneRunRoutes = (deps: ApiDeps) =>
  new OpenAPIHono<ApiEnv>()
    .openapi(get, async (c) => {
      const input = c.req.valid('param')
      return c.json(await getRun(callOf(c, deps, input)), 200)
    })
    .openapi(cancel, async (c) => {
      const input = c.req.valid('param')
      return c.json(await cancelRun(callOf(c, deps, input)), 202)
    })
    .openapi(remove, async (c) => {
      const input = c.req.valid('param')
      const result = await deleteRun(callOf(c, deps, input))
      if (result === 'deleted') return c.body(null, 204)
      return c.json({ id: input.id, message: 'The run has not ended yet. Repeat the request.' }, 202)
    })
