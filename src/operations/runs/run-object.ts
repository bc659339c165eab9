import { isJsonObject, type Json, sameJson } from '../../lib/json.ts'
import type { Manifest } from '../../manifests/kinds/kinds.ts'
import { STARTED_ANNOTATION } from '../../model/labels.ts'
import { type RunRef, runId } from '../../model/run-id.ts'
import { toJsonObject } from '../manifests/to-object.ts'
import type { ObjectRef, StoredObject } from '../ports/catalog.ts'

/** The identity of the run that an object asks for. */
export function runRefOf({ apiVersion, kind, metadata: { namespace, name, uid } }: StoredObject): RunRef {
  const run = { apiVersion, kind, namespace, name, uid }
  return { id: runId(run), ...run }
}

/**
 * Whether the run of this object was started. The annotation holds the run id, which contains the uid. So a
 * copy of the annotation (`kubectl get -o yaml`) does not keep the copied object from starting.
 */
export const isStarted = (object: StoredObject): boolean =>
  object.metadata.annotations?.[STARTED_ANNOTATION] === runRefOf(object).id

/** The reference of a manifest's object. */
export const refOf = ({ apiVersion, kind, metadata }: Manifest, namespace: string): ObjectRef => ({
  apiVersion,
  kind,
  namespace,
  name: metadata.name,
})

/** `JobFlow default/demo`: how messages name an object. */
export const describeObject = (ref: { kind: string; namespace: string; name: string }): string =>
  `${ref.kind} ${ref.namespace}/${ref.name}`

/** Whether the stored object has the same spec as the manifest. */
export const asksTheSame = (stored: StoredObject, manifest: Manifest): boolean =>
  sameJson(withoutNulls(stored.spec), withoutNulls(toJsonObject(manifest.spec)))

/** In Kubernetes a null field equals an absent one, and the API server may drop it. */
function withoutNulls(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item) ?? null)
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).filter(([, item]) => item !== null)
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]))
}
