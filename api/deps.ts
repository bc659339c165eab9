import type { Context } from 'hono'
import type { RequestIdVariables } from 'hono/request-id'
import type { Actor, Call } from '../src/operations/call.ts'
import type { Deps } from '../src/operations/ports.ts'

export interface ApiDeps {
  operations: Deps
  log: Log
  /** Of Millrace, for /openapi.json. */
  version: string
  /** Aborted when the process is asked to end: open streams stop, so that the server can close. */
  closing?: AbortSignal
}

/** One structured line. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void

export interface ApiEnv {
  Variables: RequestIdVariables & { actor: Actor }
}

/** What an operation is called with, on behalf of the request's caller. */
export const callOf = <Input>(c: Context<ApiEnv>, deps: ApiDeps, input: Input): Call<Input> => ({
  deps: deps.operations,
  actor: c.get('actor'),
  input,
})
