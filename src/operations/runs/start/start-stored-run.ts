import { type Finding, formatPath } from '../../../manifests/issue.ts'
import type { KindName } from '../../../manifests/kinds/kinds.ts'
import { STARTED_ANNOTATION } from '../../../model/labels.ts'
import type { RunRef } from '../../../model/run-id.ts'
import { AppError } from '../../app-error.ts'
import type { Deps } from '../../deps.ts'
import type { Catalog, StoredObject } from '../../ports/catalog.ts'
import type { RunStart } from '../../ports/runs.ts'
import { describeObject, runRefOf } from '../run-object.ts'

/**
 * Starts the run of a stored object and marks the object as started. Safe to repeat after a crash at any
 * point: an existing run is not started again, and the mark is written again.
 */
export async function launchRun(
  deps: Deps,
  object: StoredObject,
  start: Omit<RunStart, 'run' | 'warnings'> & { warnings: Finding[] },
): Promise<void> {
  const run = runRefOf(object)
  await deps.runs.start({ ...start, run, warnings: start.warnings.map(toText) })
  try {
    await note(deps.catalog, run)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not-found')) throw error
    await deps.runs.cancel(run.id)
    throw new AppError(
      'conflict',
      `${describeObject(run)} was deleted while its run was being started: the run is cancelled.`,
    )
  }
}

/** Marks the object of a run that a workflow has started. Does nothing when the object is deleted. */
export async function markStarted(catalog: Catalog, run: RunRef): Promise<void> {
  try {
    await note(catalog, run)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not-found')) throw error
  }
}

const note = (catalog: Catalog, { id, kind, namespace, name }: RunRef): Promise<void> =>
  catalog.annotate({ kind: kind as KindName, namespace, name }, { [STARTED_ANNOTATION]: id })

const toText = ({ path, message }: Finding): string =>
  path.length === 0 ? message : `${formatPath(path)}: ${message}`
