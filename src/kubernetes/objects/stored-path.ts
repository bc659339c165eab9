import { kindRow } from '../../manifests/kinds/kinds.ts'
import type { TypeMeta } from '../../manifests/type-meta.ts'
import { AppError } from '../../operations/app-error.ts'
import type { ObjectRef } from '../../operations/ports/catalog.ts'
import { collectionPath, objectPath } from '../client/resource-path.ts'

/** Path of all stored manifests of a kind, in one namespace or in all. */
export const storedCollection = (type: TypeMeta, namespace?: string): string =>
  collectionPath(kindRow(type), namespace === undefined ? undefined : possible(namespace))

/** Path of one stored manifest. Throws AppError `not-found` for a name that no object can have. */
export const storedPath = (ref: ObjectRef): string =>
  objectPath(kindRow(ref), possible(ref.namespace), possible(ref.name))

/**
 * Callers choose the names. The server decodes a path before it splits it, so an escaped slash would reach
 * another object. Kubernetes refuses these names for the same reason.
 */
function possible(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name))
    throw new AppError('not-found', `Nothing can have the name ${JSON.stringify(name)}.`)
  return name
}
