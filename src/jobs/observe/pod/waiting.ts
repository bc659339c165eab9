import type { JsonObject } from '../../../lib/json.ts'
import { objectAt } from '../../../lib/json.ts'

/** Reasons that pass by themselves; they are not reported. */
const starting = new Set(['ContainerCreating', 'PodInitializing'])

/** Why a container cannot start, from its status; undefined when it has started or is about to. */
export function waitingFor(status: JsonObject): { reason: string; message: unknown } | undefined {
  const { reason, message } = objectAt(objectAt(status, 'state'), 'waiting')
  return typeof reason === 'string' && !starting.has(reason) ? { reason, message } : undefined
}
