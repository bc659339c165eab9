import { runKinds } from '../../manifests/kinds/kinds.ts'
import { parseRunId } from '../../model/run-id.ts'
import { AppError } from '../app-error.ts'
import type { Catalog, StoredObject } from '../ports/catalog.ts'
import { runRefOf } from './run-object.ts'

/** The object of this run; undefined when deleted or its name is taken. AppError `not-found`: bad id. */
export async function findRunObject(catalog: Catalog, id: string): Promise<StoredObject | undefined> {
  const parts = parseRunId(id)
  if (!parts) throw noSuchRun(id)
  const kind = runKinds.find((each) => each.toLowerCase() === parts.kind)
  if (!kind) return undefined
  const object = await catalog.get({ kind, namespace: parts.namespace, name: parts.name })
  return object && runRefOf(object).id === id ? object : undefined
}

export function noSuchRun(id: string): AppError {
  const hint = parseRunId(id) ? '' : ' A run id has the form kind/namespace/name/8 hex digits.'
  return new AppError('not-found', `The run "${id}" does not exist.${hint}`)
}
