import { inArgumentOrder } from '../../compiler/formats/pipeline/argument-order.ts'
import { type ReadManifest, readManifest } from '../../manifests/read-manifest.ts'
import type { StoredObject } from '../ports/catalog.ts'
import { toJsonObject } from './to-object.ts'

/**
 * A stored object as the manifest that it was made of, without what was added to it since (its status), or all that
 * is wrong with it: somebody may have stored it past our door, and then it may be anything that the CRD lets through.
 */
export function readStored({ apiVersion, kind, metadata, spec }: StoredObject): ReadManifest {
  const { manifest, findings } = readManifest(toJsonObject({ apiVersion, kind, metadata, spec }))
  if (!manifest) return { findings }
  return { manifest: manifest.kind === 'Pipeline' ? inArgumentOrder(manifest) : manifest, findings }
}
