import { outcomeFailure } from '../src/jobs/outcome-failure.ts'
import { uidOf } from '../src/jobs/tracker/read-objects.ts'
import type { Kube } from '../src/kubernetes/client/client.ts'
import { getOrNothing } from '../src/kubernetes/client/get-or-nothing.ts'
import { objectPath } from '../src/kubernetes/client/resource-path.ts'
import { objectAt } from '../src/lib/json.ts'
import type { Attempt } from '../src/model/attempt.ts'
import type { RunRef } from '../src/model/run-id.ts'

/**
 * Whether the run object is deleted, being deleted, or recreated. Deleting the run object cancels the run, so
 * nothing more may be created for it.
 */
export async function isUnwanted(
  kube: Kube,
  { apiVersion, kind, namespace, name, uid }: Omit<RunRef, 'id'>,
): Promise<boolean> {
  // The plural of every kind of ours, also of an apiVersion that this version no longer knows.
  const resource = { apiVersion, plural: `${kind.toLowerCase()}s` }
  const object = await getOrNothing(kube, objectPath(resource, namespace, name))
  return !object || uidOf(object) !== uid || objectAt(object, 'metadata').deletionTimestamp !== undefined
}

/** Jobs deleted with their run object look lost and would be retried. Throws `cancelled` instead. */
export async function refuseUnwanted(
  kube: Kube,
  run: RunRef,
  attempts: readonly Pick<Attempt, 'number'>[],
): Promise<void> {
  if (attempts.some(({ number }) => number > 1) && (await isUnwanted(kube, run)))
    throw outcomeFailure({ type: 'cancelled', message: `${run.kind} ${run.name} was deleted` })
}
