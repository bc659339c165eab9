import type { z } from 'zod'
import { isJsonObject } from '../../lib/json.ts'
import { closestMatch } from './closest-match.ts'

/**
 * For objects that mix Kubernetes' fields with ours. Unknown keys pass, since Kubernetes may know them. A
 * likely typo of one of our fields (`exculdeNodeList`) is refused, because it would be ignored silently.
 */
export function rejectTypos(own: readonly string[]): (value: object, ctx: z.RefinementCtx) => void {
  return (value, ctx) => {
    if (!isJsonObject(value)) return
    const slips = Object.keys(value).filter(
      (key) => !own.includes(key) && closestMatch(key, own) !== undefined,
    )
    if (slips.length > 0) ctx.addIssue({ code: 'unrecognized_keys', keys: slips, input: value })
  }
}
