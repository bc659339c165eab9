import { createBase } from './base.ts'
import type { ApiDeps } from './deps.ts'
import { dataRoutes } from './routes/data.ts'

/** Room for an output of 256 KiB with whitespace. */
const MAX_BODY_BYTES = 1024 * 1024

/**
 * The API for pods: only the requests of a job about itself, each with the token of its pod. The full API may
 * be open on loopback, which pods cannot reach.
 */
export const createJobsApp = (deps: ApiDeps) => createBase(deps, MAX_BODY_BYTES).route('/', dataRoutes(deps))
