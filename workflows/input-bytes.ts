import { jsonBytes } from '../src/lib/json.ts'
import type { Plan } from '../src/model/plan.ts'
import { bodyBytes } from './body-bytes.ts'
import { type Command, startsOf } from './command.ts'
import type { RunState } from './state.ts'

/** Approximate size of the input of a command's activity, in bytes. */
export function inputBytes(command: Command, plan: Plan, state: RunState): number {
  const starts = startsOf(command)
  const keys = new Set(starts.map(({ job }) => job))
  const bodies = [...keys].reduce((sum, key) => sum + bodyBytes(plan, state, key), 0)
  return starts.reduce((sum, { env }) => sum + 500 + (env.length > 0 ? jsonBytes(env) : 0), bodies)
}
