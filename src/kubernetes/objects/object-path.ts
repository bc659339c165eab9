import { kindRow } from '../../manifests/kinds/kinds.ts'
import type { TypeMeta } from '../../manifests/type-meta.ts'
import { AppError } from '../../operations/app-error.ts'
import type { ObjectRef } from '../../operations/ports/catalog.ts'

/** Path of all objects of a kind, in one namespace or in all. */
export function collectionPath(type: TypeMeta, namespace?: string): string {
  const { apiVersion, plural } = kindRow(type)
  return `/apis/${apiVersion}${namespace === undefined ? '' : `/namespaces/${segment(namespace)}`}/${plural}`
}

/** Path of one object. Throws AppError `not-found` for a name that no object can have. */
export const objectPath = (ref: ObjectRef): string =>
  `${collectionPath(ref, ref.namespace)}/${segment(ref.name)}`

/**
 * Callers choose the names. The server decodes a path before it splits it, so an escaped slash would reach
 * another object. Kubernetes refuses these names for the same reason.
 */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name))
    throw new AppError('not-found', `Nothing can have the name ${JSON.stringify(name)}.`)
  return encodeURIComponent(name)
}
