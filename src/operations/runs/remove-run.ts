import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import type { StoredObject } from '../ports/catalog.ts'
import { runRefOf } from './run-object.ts'

/** A pod has 30 s to end by default. A cancelled run has usually ended within this time. */
export const ENDS_WITHIN_MS = 45_000
/** An object without finalizers is deleted at once; with finalizers, their controllers need a moment. */
const GONE_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 200

/**
 * Cancels the run of an object, waits for its end and deletes the object. False when it is still ending after
 * the wait: call again, since every step may be repeated.
 */
export async function removeRun(deps: Deps, object: StoredObject): Promise<boolean> {
  const { id, uid, ...ref } = runRefOf(object)
  if ((await deps.runs.cancel(id)) && !(await deps.runs.ended(id, ENDS_WITHIN_MS))) return false
  await deps.catalog.delete(ref, { uid })
  const giveUpAt = Date.now() + GONE_WITHIN_MS
  for (;;) {
    const left = await deps.catalog.get(ref)
    if (left?.metadata.uid !== uid) return true
    if (Date.now() >= giveUpAt) return false
    await sleep(LOOK_EVERY_MS)
  }
}
