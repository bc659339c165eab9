import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../src/operations/app-error.ts'
import { checkHealth, type Health } from '../../src/operations/health/check-health.ts'
import { type ApiDeps, type ApiEnv, callOf } from '../deps.ts'
import { problems } from '../schemas/problem.ts'

const alive = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'isAlive',
  tags: ['Health'],
  summary: 'Whether the process is alive',
  responses: {
    200: {
      description: 'The process is alive',
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }).openapi('Alive') } },
    },
    ...problems(),
  },
})

const ready = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'isReady',
  tags: ['Health'],
  summary: 'Whether Temporal and Kubernetes can be reached',
  responses: {
    200: {
      description: 'Both can be reached',
      content: {
        'application/json': {
          schema: z
            .object({ status: z.literal('ok'), temporal: z.literal('ok'), kubernetes: z.literal('ok') })
            .openapi('Ready'),
        },
      },
    },
    ...problems(503),
  },
})

export const healthRoutes = (deps: ApiDeps) =>
  new OpenAPIHono<ApiEnv>()
    .openapi(alive, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(ready, async (c) => {
      requireHealth(await checkHealth(callOf(c, deps, {})))
      return c.json({ status: 'ok' as const, temporal: 'ok' as const, kubernetes: 'ok' as const }, 200)
    })

function requireHealth(health: Health): void {
  const parts = Object.entries(health)
  if (parts.every(([, part]) => part.ok)) return
  throw new AppError(
    'unavailable',
    parts.map(([name, part]) => `${name}: ${part.ok ? 'ok' : part.message}`).join('; '),
  )
}
