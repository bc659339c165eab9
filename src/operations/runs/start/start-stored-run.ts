import { STARTED_ANNOTATION } from '../../../model/labels.ts'
import type { RunRef } from '../../../model/run-id.ts'
import { AppError } from '../../app-error.ts'
import type { Deps } from '../../deps.ts'
import type { Catalog } from '../../ports/catalog.ts'
import type { RunStart } from '../../ports/runs.ts'
import { describeObject } from '../run-object.ts'

/**
 * Last step from a request to a run: starts the run of a stored object and marks the object as started. Safe
 * to repeat after a crash at any point: an existing run is not started again, and the mark is written again.
 */
export async function startStoredRun(deps: Pick<Deps, 'runs' | 'catalog'>, start: RunStart): Promise<void> {
  const { run } = start
  await deps.runs.start(start)
  if (await markStarted(deps.catalog, run)) return
  await deps.runs.cancel(run.id)
  throw new AppError(
    'conflict',
    `${describeObject(run)} was deleted while its run was being started: the run is cancelled.`,
  )
}

/** Marks the object of a run that a workflow has started. False when the object is deleted. */
export async function markStarted(catalog: Catalog, run: RunRef): Promise<boolean> {
  try {
    await catalog.annotate(run, { [STARTED_ANNOTATION]: run.id })
    return true
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not-found')) throw error
    return false
  }
}
