import type { Call } from '../call.ts'
import { findRunObject, noSuchRun } from './find-run-object.ts'
import { ENDS_WITHIN_MS, removeRun } from './remove-run.ts'

/**
 * Cancels a run, waits for its end, and deletes its object and everything that the run made. `ending`: it has
 * not ended within the wait; call again. Its history stays until Temporal's retention deletes it.
 */
export async function deleteRun({ deps, input }: Call<{ id: string }>): Promise<'deleted' | 'ending'> {
  const object = await findRunObject(deps.catalog, input.id)
  if (object) return (await removeRun(deps, object)) ? 'deleted' : 'ending'
  // The object was deleted outside the API, for example with kubectl. What remains is to end the run.
  if (!(await deps.runs.cancel(input.id))) throw noSuchRun(input.id)
  return (await deps.runs.ended(input.id, ENDS_WITHIN_MS)) ? 'deleted' : 'ending'
}
