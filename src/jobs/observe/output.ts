import type { Json, JsonObject } from '../../lib/json.ts'
import { objectAt } from '../../lib/json.ts'

/**
 * What a job that succeeded has to hand on: the termination message (what it wrote to /dev/termination-log, up to
 * 4 KiB) of the last of its containers that left one, as JSON where it is that, else as text.
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
