import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import { findRunObject, noSuchRun } from './find-run-object.ts'
import { isStarted } from './run-object.ts'

/**
 * Cancels a run. The run ends once its objects are deleted. A run that has ended is not changed. AppError
 * `conflict` when the run has not been started.
 */
export async function cancelRun({ deps, input }: Call<{ id: string }>): Promise<{ id: string }> {
  if (await deps.runs.cancel(input.id)) return { id: input.id }
  const object = await findRunObject(deps.catalog, input.id)
  if (!object) throw noSuchRun(input.id)
  if (isStarted(object)) return { id: input.id }
  throw new AppError('conflict', `The run "${input.id}" has not started: delete it to prevent its start.`)
}
