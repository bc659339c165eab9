import { type KindName, kindRow } from '../../manifests/kinds/kinds.ts'
import { AppError } from '../../operations/app-error.ts'
import type { ObjectRef } from '../../operations/ports/catalog.ts'
import { collectionPath, objectPath } from '../client/resource-path.ts'

/** Path of all stored manifests of a kind, in one namespace or in all. */
export const storedCollection = (kind: KindName, namespace?: string): string =>
  collectionPath(kindRow(kind), namespace === undefined ? undefined : possible(namespace))

/** Path of one stored manifest. Throws AppError `not-found` for a name that no object can have. */
export const storedPath = ({ kind, namespace, name }: ObjectRef): string =>
  objectPath(kindRow(kind), possible(namespace), possible(name))

/**
 * Callers choose the names. The server decodes a path before it splits it, so an escaped slash would reach
 * another object. Kubernetes refuses these names for the same reason.
 */
function possible(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name))
    throw new AppError('not-found', `Nothing can have the name ${JSON.stringify(name)}.`)
  return name
}
