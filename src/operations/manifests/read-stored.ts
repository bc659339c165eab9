import { inArgumentOrder } from '../../compiler/formats/pipeline/argument-order.ts'
import { type ReadManifest, readManifest } from '../../manifests/read-manifest.ts'
import type { StoredObject } from '../ports/catalog.ts'
import { toJsonObject } from './to-object.ts'

/**
 * Reads the manifest of a stored object, without its status, or returns all that is wrong with it. Objects
 * may be stored with kubectl, so the spec may be anything that the CRD accepts.
 */
export function readStored({ apiVersion, kind, metadata, spec }: StoredObject): ReadManifest {
  const { manifest, findings } = readManifest(toJsonObject({ apiVersion, kind, metadata, spec }))
  if (!manifest) return { findings }
  return { manifest: manifest.kind === 'Pipeline' ? inArgumentOrder(manifest) : manifest, findings }
}
