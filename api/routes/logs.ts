import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { readLogs } from '../../src/operations/logs/read-logs.ts'
import { defined } from '../defined.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { Flag, RunId } from '../schemas/parameters.ts'
import { problems } from '../schemas/problem.ts'
import { streamLog, untilClosed } from '../streaming/stream-log.ts'

const get = createRoute({
  method: 'get',
  path: '/v1/runs/{id}/logs',
  operationId: 'readLogs',
  tags: ['Runs'],
  summary: 'Read the log of one attempt of a node',
  description: [
    'Plain text as it is written. With `Accept: text/event-stream` the log is followed as server-sent events: `log`',
    'with one or more lines, `end` when the container has ended, `error` when the log was interrupted, and a comment every',
    '15 s.',
  ].join(' '),
  request: {
    params: z.object({ id: RunId }),
    query: z.strictObject({
      node: z
        .string()
        .min(1)
        .max(253)
        .optional()
        .openapi({ description: 'Default: the only node of the run' }),
      attempt: z.coerce.number().int().min(1).optional().openapi({ description: 'Default: the latest' }),
      step: z.string().min(1).max(253).optional().openapi({ description: 'Name of a step or container' }),
      follow: Flag.optional().openapi({ description: 'Follow the log until the container has ended' }),
      tail: z.coerce
        .number()
        .int()
        .min(0)
        .max(1_000_000)
        .optional()
        .openapi({ description: 'Number of last lines to return' }),
    }),
  },
  responses: {
    200: {
      description: 'The log',
      content: {
        'text/plain': { schema: z.string() },
        'text/event-stream': { schema: z.string() },
      },
    },
    ...problems(404, 410, 422, 503),
  },
})

export const logRoutes = (deps: ApiDeps) =>
  new OpenAPIHono<ApiEnv>().openapi(get, async (c) => {
    const asEvents = c.req.header('accept')?.includes('text/event-stream') ?? false
    const stop = untilClosed(c, deps.closing)
    const query = defined(c.req.valid('query'))
    const input = { ...query, ...c.req.valid('param'), follow: query.follow ?? asEvents, signal: stop.signal }
    return streamLog(c, await readLogs(callOf(c, deps, input)), { stop, asEvents })
  })
