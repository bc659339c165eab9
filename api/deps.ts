import type { Context } from 'hono'
import type { RequestIdVariables } from 'hono/request-id'
import type { Actor, Call } from '../src/operations/call.ts'
import type { Deps } from '../src/operations/deps.ts'
import type { Log } from '../src/telemetry/log.ts'

export interface ApiDeps extends Deps {
  /** Without it nothing is logged. */
  log?: Log
  /** Aborted when the process is asked to end: open streams stop, so that the server can close. */
  closing?: AbortSignal
  /** Names (without ports) that this API is asked under; without it, any. Set it where the API is open. */
  hosts?: readonly string[]
}

export interface ApiEnv {
  Variables: RequestIdVariables & { actor: Actor }
}

/** What an operation is called with, on behalf of the request's caller. */
export const callOf = <Input>(c: Context<ApiEnv>, deps: ApiDeps, input: Input): Call<Input> => ({
  deps,
  actor: c.get('actor'),
  input,
})
