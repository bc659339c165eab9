import type { Kube } from '../src/kube/client.ts'
import { getOrNothing } from '../src/kube/get-or-nothing.ts'
import { objectAt } from '../src/plan/overlay.ts'
import type { RunRef } from '../workflows/names.ts'
import { uidOf } from './watch/entry.ts'

/**
 * The run object is gone, going, or another of its name: whoever deletes it means the run, and nothing may be made for
 * it any more.
 */
export async function isUnwanted(
  kube: Kube,
  { apiVersion, kind, namespace, name, uid }: Omit<RunRef, 'id'>,
): Promise<boolean> {
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`
  const object = await getOrNothing(kube, path)
  return !object || uidOf(object) !== uid || objectAt(object, 'metadata').deletionTimestamp !== undefined
}
