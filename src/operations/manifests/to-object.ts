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

/** Only Millrace writes these annotations. A manifest that carries them was copied from a stored object. */
const reserved: readonly string[] = [
  STARTED_ANNOTATION,
  IDEMPOTENCY_ANNOTATION,
  ARGUMENT_ORDER_ANNOTATION,
  SCHEDULED_TIME_ANNOTATION,
]

/**
 * The object to create for a manifest. Only the author's part of the metadata is kept. The API server would
 * refuse uid, resourceVersion and managedFields of an exported object, and its finalizers and owners belong
 * to the earlier object.
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

/** The stored object with the manifest's spec. Labels and annotations that others have set stay. */
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

/** The author's annotations, and those that Millrace derives from the manifest. */
export function ownAnnotations(manifest: Manifest): Record<string, string> {
  const entries = Object.entries(manifest.metadata.annotations ?? {})
  const authors = Object.fromEntries(entries.filter(([name]) => !reserved.includes(name)))
  return manifest.kind === 'Pipeline' ? { ...authors, ...argumentOrder(manifest) } : authors
}

/** Goes through text, so that the result is plain JSON without classes or `undefined`. */
export const toJsonObject = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
