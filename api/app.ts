/**
 * The HTTP API, and nothing else: src/operations decides what a request means.
 *
 * A route is a `createRoute` value (its documentation, its input, every status it can answer) and a handler
 * of three lines: valid input, one operation, `c.json`. The routes are chained and never annotated, so
 * `hc<App>` gives a client whose paths, inputs and responses the compiler checks. The same values make
 * /openapi.json, which therefore cannot differ from what is served.
 *
 * How it fails: every exception, and every request that no route takes, becomes one problem+json (problem.ts)
 * that names the request. The cause goes to the log under the same id. Input that breaks a schema is refused
 * before any operation runs, unknown parameters included: `?dryrun=true` must not start a real run.
 *
 * Order of the middleware: the request id first, so that everything after it can be traced; the log, which
 * sees the final status; headers; the checks of host and origin; the body limit, before anything reads a
 * body; the caller; the routes. The process keeps no state between requests, so any number of them can serve
 * one address.
 */
import { createBase } from './base.ts'
import type { ApiDeps } from './deps.ts'
import { description } from './description.ts'
import { dataRoutes } from './routes/data.ts'
import { definitionRoutes } from './routes/definitions.ts'
import { docsRoutes } from './routes/docs.ts'
import { healthRoutes } from './routes/health.ts'
import { logRoutes } from './routes/logs.ts'
import { manifestRoutes } from './routes/manifests.ts'
import { oneRunRoutes } from './routes/run.ts'
import { runRoutes } from './routes/runs.ts'
import { scheduleRoutes } from './routes/schedules.ts'
import { schemaRoutes } from './routes/schemas.ts'

/** 3 MiB. etcd limits an object to 1.5 MiB, so this leaves room for several documents. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

export type App = ReturnType<typeof createApp>

export function createApp(deps: ApiDeps) {
  const app = createBase(deps, MAX_BODY_BYTES)
  app.doc31('/openapi.json', { openapi: '3.1.0', info: description })
  return app
    .route('/', manifestRoutes(deps))
    .route('/', runRoutes(deps))
    .route('/', oneRunRoutes(deps))
    .route('/', logRoutes(deps))
    .route('/', dataRoutes(deps))
    .route('/', definitionRoutes(deps))
    .route('/', scheduleRoutes(deps))
    .route('/', schemaRoutes())
    .route('/', healthRoutes(deps))
    .route('/', docsRoutes())
}
