import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { workflowSchema } from '../../src/manifests/kinds/jobnetes/workflow-schema.ts'
import type { ApiEnv } from '../deps.ts'
import { problems } from '../schemas/problem.ts'

const get = createRoute({
  method: 'get',
  path: '/v1/schemas/workflow.json',
  operationId: 'getWorkflowSchema',
  tags: ['Definitions'],
  summary: 'JSON Schema of a jobnetes workflow',
  description: 'For `{name, tasks}` as it is posted; for editors, and for checks before posting.',
  responses: {
    200: {
      description: 'JSON Schema, draft 2020-12',
      content: { 'application/schema+json': { schema: z.object({}).catchall(z.unknown()) } },
    },
    ...problems(),
  },
})

export const schemaRoutes = () =>
  new OpenAPIHono<ApiEnv>().openapi(get, (c) =>
    c.json(workflowSchema as object, 200, { 'Content-Type': 'application/schema+json' }),
  )
