import { outcomeFailure } from '../src/jobs/outcome-failure.ts'
import { uidOf } from '../src/jobs/tracker/tracked-job.ts'
import type { Kube } from '../src/kubernetes/client/client.ts'
import { getOrNothing } from '../src/kubernetes/client/get-or-nothing.ts'
import { objectAt } from '../src/lib/json.ts'
import type { Attempt } from '../src/model/attempt.ts'
import type { RunRef } from '../src/model/run-id.ts'

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

/** Jobs that went with their run object look like ones that were lost, and are followed by another try: not here. */
export async function refuseUnwanted(
  kube: Kube,
  run: RunRef,
  attempts: readonly Pick<Attempt, 'number'>[],
): Promise<void> {
  if (attempts.some(({ number }) => number > 1) && (await isUnwanted(kube, run)))
    throw outcomeFailure({ type: 'cancelled', message: `${run.kind} ${run.name} was deleted` })
}
