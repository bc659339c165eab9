import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Json } from '../../src/lib/json.ts'
import { readInput } from '../../src/operations/job-io/read-input.ts'
import { recordOutput } from '../../src/operations/job-io/record-output.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { RunId } from '../schemas/parameters.ts'
import { problems } from '../schemas/problem.ts'

const params = z.object({
  id: RunId,
  node: z.string().min(1).max(253).openapi({ description: 'Name of the node', example: 'extract' }),
})
const security = [{ pod: [] }]
const Data = z.unknown().openapi('Data', {
  description: 'Any JSON',
  type: ['object', 'array', 'string', 'number', 'boolean', 'null'],
})
const body = { required: true, content: { 'application/json': { schema: Data } } }

const output = {
  path: '/v1/runs/{id}/nodes/{node}/output' as const,
  tags: ['Data'],
  summary: 'Record the output of a job',
  description: [
    'Up to 256 KiB of JSON. The last output before the job ends counts, and it overrides a termination message. The',
    'token is that of the pod: the content of the file `$MILLRACE_TOKEN_FILE`. POST does the same, for clients that',
    'cannot PUT.',
  ].join(' '),
  security,
  request: { params, body },
  responses: { 204: { description: 'Recorded' }, ...problems(401, 403, 409, 413, 422, 503) },
}

const put = createRoute({ ...output, method: 'put', operationId: 'recordOutput' })
const post = createRoute({ ...output, method: 'post', operationId: 'postOutput' })

const get = createRoute({
  method: 'get',
  path: '/v1/runs/{id}/nodes/{node}/input',
  operationId: 'readInput',
  tags: ['Data'],
  summary: 'Read the input of a job',
  description: 'The output of the previous node. Inputs of up to 64 KiB are also in `$MILLRACE_INPUT`.',
  security,
  request: { params },
  responses: {
    200: { description: 'The input', content: { 'application/json': { schema: Data } } },
    ...problems(401, 403, 404, 410, 503),
  },
})

/** Routes for jobs about themselves. The pod's token identifies the job. */
export function dataRoutes(deps: ApiDeps) {
  const app = new OpenAPIHono<ApiEnv>()
  app.openAPIRegistry.registerComponent('securitySchemes', 'pod', {
    type: 'http',
    scheme: 'bearer',
    description: 'The service account token of a pod, for the audience `millrace`',
  })
  const record = async (
    c: Context<ApiEnv>,
    input: { id: string; node: string; output: Json },
  ): Promise<void> => recordOutput(callOf(c, deps, { ...input, token: tokenOf(c) }))
  return app
    .openapi(put, async (c) => {
      await record(c, { ...c.req.valid('param'), output: c.req.valid('json') as Json })
      return c.body(null, 204)
    })
    .openapi(post, async (c) => {
      await record(c, { ...c.req.valid('param'), output: c.req.valid('json') as Json })
      return c.body(null, 204)
    })
    .openapi(get, async (c) => {
      const input = { ...c.req.valid('param'), token: tokenOf(c) }
      // The input is any JSON, and the response schema says no more.
      return c.json((await readInput(callOf(c, deps, input))) as object, 200)
    })
}

const tokenOf = (c: Context<ApiEnv>): string | undefined =>
  /^Bearer +(\S+)$/i.exec(c.req.header('authorization')?.trim() ?? '')?.[1]
