import { jsonBytes } from '../src/lib/json.ts'
import type { Plan } from '../src/model/plan.ts'
import { bodyOf, type RunState } from './state.ts'

const sizes = new WeakMap<object, number>()

/** Bytes of a Job's body as JSON, measured once for a shared body. 0 while its template is missing. */
export function bodyBytes(plan: Plan, state: RunState, key: string): number {
  const body = bodyOf(plan, state, key)
  if (!body) return 0
  const size = sizes.get(body) ?? jsonBytes(body)
  sizes.set(body, size)
  return size
}
