import { type KindName, kindRow } from '../../manifests/kinds/kinds.ts'
import { AppError } from '../../operations/app-error.ts'
import type { ObjectRef } from '../../operations/ports/catalog.ts'

/** Path of all objects of a kind, in one namespace or in all. */
export function collectionPath(kind: KindName, namespace?: string): string {
  const { apiVersion, plural } = kindRow(kind)
  return `/apis/${apiVersion}${namespace === undefined ? '' : `/namespaces/${segment(namespace)}`}/${plural}`
}

/** Path of one object. Throws AppError `not-found` for a name that no object can have. */
export const objectPath = ({ kind, namespace, name }: ObjectRef): string =>
  `${collectionPath(kind, namespace)}/${segment(name)}`

/**
 * Callers choose the names. The server decodes a path before it splits it, so an escaped slash would reach
 * another object. Kubernetes refuses these names for the same reason.
 */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name))
    throw new AppError('not-found', `An object cannot have the name ${JSON.stringify(name)}.`)
  return encodeURIComponent(name)
}
