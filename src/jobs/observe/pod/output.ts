import type { Json, JsonObject } from '../../../lib/json.ts'
import { objectAt } from '../../../lib/json.ts'

/**
 * The output of a job that succeeded: the termination message (written to /dev/termination-log, up to 4 KiB)
 * of the last container that left one, parsed as JSON where possible, else as text.
 */
export function observeOutput(statuses: readonly JsonObject[]): Json | undefined {
  const messages = statuses.map((status) => objectAt(objectAt(status, 'state'), 'terminated').message)
  const text = messages.findLast((message) => typeof message === 'string' && message.trim() !== '')
  return typeof text === 'string' ? parse(text) : undefined
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text.trimEnd()
  }
}
