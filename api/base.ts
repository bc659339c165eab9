import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import type { ApiDeps, ApiEnv } from './deps.ts'
import { accessLog } from './middleware/access-log.ts'
import { invalidInput } from './middleware/invalid-input.ts'
import { normalizePath } from './middleware/normalize-path.ts'
import { knownHosts, sameOrigin } from './middleware/same-origin.ts'
import { bodyTooLarge, methodNotAllowedProblem, notFound, toProblem } from './problem.ts'

/** The middleware of every app; app.ts explains its order. */
export function createBase({ log = () => {}, hosts }: Pick<ApiDeps, 'log' | 'hosts'>, maxBodyBytes: number) {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: invalidInput, getPath: normalizePath })
  app.use(requestId())
  app.use(accessLog(log))
  app.use(secureHeaders({ contentSecurityPolicy: nothing, strictTransportSecurity: false, overwrite: false }))
  if (hosts) app.use(knownHosts(hosts))
  app.use(sameOrigin())
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: (c) => bodyTooLarge(c, maxBodyBytes) }))
  app.use(async (c, next) => {
    c.set('actor', { name: 'anonymous' })
    await next()
  })
  app.use(methodNotAllowed({ app, onMethodNotAllowed: methodNotAllowedProblem }))
  app.notFound(notFound)
  app.onError(toProblem(log))
  return app
}

/** JSON needs no permissions; /docs sets its own policy. TLS, and with it HSTS, is up to the proxy. */
const nothing = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }
