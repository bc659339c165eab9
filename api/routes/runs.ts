import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { runKinds } from '../../src/manifests/kinds/kinds.ts'
import { listRuns } from '../../src/operations/runs/list-runs.ts'
import { startRun } from '../../src/operations/runs/start/start-run.ts'
import { defined } from '../defined.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { Namespace } from '../schemas/parameters.ts'
import { problems } from '../schemas/problem.ts'
import { RunPhase, RunSummary } from '../schemas/run.ts'
import { StartedRun, StartRun, toStartRunInput } from '../schemas/start-run.ts'

/** A page for people, and the maximum per call to Temporal's visibility store. */
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

const post = createRoute({
  method: 'post',
  path: '/v1/runs',
  operationId: 'startRun',
  tags: ['Runs'],
  summary: 'Start a run of a stored definition, or of a manifest',
  description: [
    'Creates a run object, as if its manifest had been posted. With an `Idempotency-Key` the request may be repeated:',
    'the same key returns the same run, as long as its object exists.',
  ].join(' '),
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(255)
        .optional()
        .openapi({ description: 'Any text, for example a UUID' }),
    }),
    body: { required: true, content: { 'application/json': { schema: StartRun } } },
  },
  responses: {
    201: {
      description: 'The run was started',
      headers: z.object({ Location: z.string() }),
      content: { 'application/json': { schema: StartedRun } },
    },
    200: {
      description: 'The run already existed: the same request or the same manifest was posted before',
      headers: z.object({ Location: z.string() }),
      content: { 'application/json': { schema: StartedRun } },
    },
    ...problems(400, 403, 404, 409, 413, 415, 422, 503),
  },
})

const list = createRoute({
  method: 'get',
  path: '/v1/runs',
  operationId: 'listRuns',
  tags: ['Runs'],
  summary: 'List runs',
  description:
    'From Temporal, for its retention period: first the open runs, then the ended ones, the newest first in each. A run appears a moment after its start.',
  request: {
    query: z.strictObject({
      namespace: Namespace.optional(),
      kind: z.enum(runKinds, `must be one of ${runKinds.join(', ')}`).optional(),
      definition: z.string().min(1).max(253).optional(),
      phase: RunPhase.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
      cursor: z.string().max(4_096).optional().openapi({ description: '`next` of the previous page' }),
    }),
  },
  responses: {
    200: {
      description: 'One page',
      content: {
        'application/json': {
          schema: z
            .object({
              runs: z.array(RunSummary),
              next: z
                .string()
                .optional()
                .openapi({ description: 'The cursor of the next page; absent on the last one' }),
            })
            .openapi('RunPage'),
        },
      },
    },
    ...problems(422, 503),
  },
})

export const runRoutes = (deps: ApiDeps) =>
  new OpenAPIHono<ApiEnv>()
    .openapi(post, async (c) => {
      const input = toStartRunInput(c.req.valid('json'), c.req.valid('header')['idempotency-key'])
      const started = await startRun(callOf(c, deps, input))
      c.header('Location', `/v1/runs/${encodeURIComponent(started.id)}`)
      return started.result === 'created' ? c.json(started, 201) : c.json(started, 200)
    })
    .openapi(list, async (c) => {
      const input = defined(c.req.valid('query'))
      return c.json(await listRuns(callOf(c, deps, input)), 200)
    })
