import type { Context } from 'hono'
import type { RequestIdVariables } from 'hono/request-id'
import type { Actor, Call } from '../src/operations/call.ts'
import type { Deps } from '../src/operations/deps.ts'
import type { Log } from '../src/telemetry/log.ts'

export interface ApiDeps extends Deps {
  /** Default: nothing is logged. */
  log?: Log
  /** Aborted at shutdown: open streams stop, so that the server can close. */
  closing?: AbortSignal
  /** Host names (without ports) that requests may use. Default: any. Set it where the API is open. */
  hosts?: readonly string[]
}

export interface ApiEnv {
  Variables: RequestIdVariables & { actor: Actor }
}

/** The argument of an operation, with the caller of the request. */
export const callOf = <Input>(c: Context<ApiEnv>, deps: ApiDeps, input: Input): Call<Input> => ({
  deps,
  actor: c.get('actor'),
  input,
})
