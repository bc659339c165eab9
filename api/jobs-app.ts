import { createBase } from './base.ts'
import type { ApiDeps } from './deps.ts'
import { dataRoutes } from './routes/data.ts'

/** An output of 256 KiB with all its blanks. */
const MAX_BODY_BYTES = 1024 * 1024

/**
 * What pods may reach: only the calls of a job about itself, each of which asks for the token of its pod. The API
 * itself may be open on loopback, and a pod is not on loopback.
 */
export const createJobsApp = (deps: ApiDeps) => createBase(deps, MAX_BODY_BYTES).route('/', dataRoutes(deps))
