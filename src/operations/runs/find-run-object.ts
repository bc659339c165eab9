import { kinds } from '../../manifests/kinds/kinds.ts'
import { groupKind } from '../../manifests/type-meta.ts'
import { parseRunId } from '../../model/run-id.ts'
import { AppError } from '../app-error.ts'
import type { Catalog, StoredObject } from '../ports/catalog.ts'
import { runRefOf } from './run-object.ts'

/** The object of this run; undefined when deleted or its name is taken. AppError `not-found`: bad id. */
export async function findRunObject(catalog: Catalog, id: string): Promise<StoredObject | undefined> {
  const parts = parseRunId(id)
  if (!parts) throw noSuchRun(id)
  const type = kinds.find((row) => row.role === 'run' && groupKind(row) === parts.groupKind)
  if (!type) return undefined
  const { apiVersion, kind } = type
  const object = await catalog.get({ apiVersion, kind, namespace: parts.namespace, name: parts.name })
  return object && runRefOf(object).id === id ? object : undefined
}

export function noSuchRun(id: string): AppError {
  const hint = parseRunId(id) ? '' : ' A run id has the form kind.group/namespace/name/8 hex digits.'
  return new AppError('not-found', `The run "${id}" does not exist.${hint}`)
}
