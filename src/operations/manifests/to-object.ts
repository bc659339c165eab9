import { argumentOrder } from '../../compiler/formats/pipeline/argument-order.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Manifest } from '../../manifests/kinds/kinds.ts'
import {
  ARGUMENT_ORDER_ANNOTATION,
  IDEMPOTENCY_ANNOTATION,
  SCHEDULED_TIME_ANNOTATION,
  STARTED_ANNOTATION,
} from '../../model/labels.ts'
import type { StoredObject } from '../ports/catalog.ts'

/** Ours to write: an author's text that carries them was copied from a stored object. */
const reserved: readonly string[] = [
  STARTED_ANNOTATION,
  IDEMPOTENCY_ANNOTATION,
  ARGUMENT_ORDER_ANNOTATION,
  SCHEDULED_TIME_ANNOTATION,
]

/**
 * The object that a manifest asks the API server to hold. Of its metadata only what is an author's goes along:
 * uid, resourceVersion and managedFields of an exported object would make the API server refuse it, and its
 * finalizers or owners belong to another life of it.
 */
export function toObject(
  manifest: Manifest,
  namespace: string,
  annotations: Record<string, string> = {},
  owners: readonly JsonObject[] = [],
): JsonObject {
  const { apiVersion, kind, spec } = toJsonObject(manifest)
  const { name, labels } = manifest.metadata
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      ...(labels ? { labels } : {}),
      annotations: { ...ownAnnotations(manifest), ...annotations },
      ...(owners.length > 0 ? { ownerReferences: [...owners] } : {}),
    },
    spec,
  }
}

/** The stored object with the manifest's spec; labels and annotations that others have set stay. */
export function updateObject(stored: StoredObject, manifest: Manifest): JsonObject {
  const { status: _, ...kept } = toJsonObject(stored)
  return {
    ...kept,
    metadata: {
      ...toJsonObject(stored.metadata),
      labels: { ...stored.metadata.labels, ...manifest.metadata.labels },
      annotations: { ...stored.metadata.annotations, ...ownAnnotations(manifest) },
    },
    spec: toJsonObject(manifest.spec),
  }
}

/** The author's, and what we note of the manifest itself. */
export function ownAnnotations(manifest: Manifest): Record<string, string> {
  const entries = Object.entries(manifest.metadata.annotations ?? {})
  const authors = Object.fromEntries(entries.filter(([name]) => !reserved.includes(name)))
  return manifest.kind === 'Pipeline' ? { ...authors, ...argumentOrder(manifest) } : authors
}

/** Through text, so that the result is plain JSON for certain, whatever class or `undefined` was in it. */
export const toJsonObject = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
