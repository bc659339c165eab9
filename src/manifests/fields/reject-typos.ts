import type { z } from 'zod'
import { isJsonObject } from '../../lib/json.ts'
import { closestMatch } from './closest-match.ts'

/**
 * For objects in which Kubernetes' fields stand beside ours: unknown keys pass, since Kubernetes may know them,
 * but not one that is a slip of the pen for a field of ours (`exculdeNodeList`), which would be ignored in silence.
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
