import { groupKind } from '../../manifests/type-meta.ts'
import { fallbackObjectStatus } from '../../model/object-status.ts'
import type { RunStatus } from '../../model/run-status.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import type { StoredObject } from '../ports/catalog.ts'
import { findRunObject, noSuchRun } from './find-run-object.ts'
import { isStarted, runRefOf } from './run-object.ts'

/** `temporalUrl` is absent until the run is started. */
export type RunView = RunStatus & { temporalUrl?: string }

/** AppErrors: `gone` when the run has ended and its history is deleted, `not-found` for an unknown run. */
export async function getRun({ deps, input }: Call<{ id: string }>): Promise<RunView> {
  const status = await deps.runs.get(input.id)
  if (status) return status
  const object = await findRunObject(deps.catalog, input.id)
  if (!object) throw noSuchRun(input.id)
  if (!isStarted(object)) return notStarted(object)
  throw new AppError('gone', `The run "${input.id}" has ended, and its history is no longer kept.`)
}

/** The process that stored the object ended before it started the run. */
function notStarted(object: StoredObject): RunView {
  const { id, kind, namespace, name } = runRefOf(object)
  const message = 'Stored but not started yet. Submit the same manifest again to start it.'
  return {
    id,
    kind,
    namespace,
    name,
    phase: 'Pending',
    message,
    startedAt: object.metadata.creationTimestamp,
    nodes: [],
    warnings: [],
    objectStatus: fallbackObjectStatus(groupKind(object), 'Pending', message),
  }
}
