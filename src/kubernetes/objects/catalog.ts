/**
 * The catalog: every manifest, stored as the object of its kind in the cluster.
 *
 * The API server is the only store, whichever entry point a manifest comes through. There is no copy and no
 * cache, so two API processes cannot disagree. Objects are written as the author wrote them. Unknown fields
 * of a pod spec pass through. Where we own the schema, a field that the CRD does not know is refused (strict
 * field validation) instead of silently pruned.
 *
 * Every update names the version that it replaces, and fails when another writer was faster: nothing is
 * overwritten. Only annotations are patched without a version, since nobody else writes ours.
 *
 * Throws AppError: `conflict` (another writer was faster), `refused` (the API server's reason, with fields),
 * `not-found` (the namespace or our CRDs are missing), `forbidden`, `too-large`, and `unavailable` when the
 * API server cannot be reached.
 */

import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { INSTANCE_LABEL, TEMPLATE_ANNOTATION } from '../../model/labels.ts'
import { AppError } from '../../operations/app-error.ts'
import type { Catalog, StoredObject } from '../../operations/ports/catalog.ts'
import type { Kube } from '../client/client.ts'
import { collectionPath, resources } from '../client/resource-path.ts'
import { storedCollection, storedPath } from './stored-path.ts'
import { toAppError } from './to-app-error.ts'

/** A field that the schema does not know is an error and is not dropped. */
const strict = { fieldValidation: 'Strict', fieldManager: 'millrace' }

export function createCatalog(kube: Kube, { instance }: { instance: string }): Catalog {
  return {
    async get(ref) {
      return unlessMissing(answered(async () => stored(await kube.get(storedPath(ref)))))
    },
    async list(type, namespace) {
      const { items } = await answered(async () => kube.list(storedCollection(type, namespace)))
      return items.map(stored)
    },
    async create(object) {
      const { metadata, ...type } = stored(object)
      const path = (): string => storedCollection(type, metadata.namespace)
      return stored(await answered(async () => kube.create(path(), object, strict)))
    },
    async replace(object, resourceVersion) {
      const { apiVersion, kind, metadata } = stored(object)
      const { namespace, name } = metadata
      const path = (): string => storedPath({ apiVersion, kind, namespace, name })
      const body = { ...object, metadata: { ...(object.metadata as JsonObject), resourceVersion } }
      return stored(await answered(async () => kube.replace(path(), body, strict)))
    },
    async annotate(ref, annotations) {
      await answered(async () => kube.patch(storedPath(ref), { metadata: { annotations } }))
    },
    async delete(ref, preconditions = {}) {
      const how = { propagationPolicy: 'Background', preconditions } as const
      await unlessMissing(answered(async () => kube.delete(storedPath(ref), how)))
    },
    async jobsOfTemplate(namespace, template) {
      const selector = `${INSTANCE_LABEL}=${instance}`
      const path = collectionPath(resources.Job, namespace)
      const { items } = await answered(async () => kube.list(path, { selector }))
      // Compares the whole value, since both names may contain dots.
      const mark = `${namespace}.${template}`
      return items
        .map((job) => (isJsonObject(job.metadata) ? job.metadata : {}))
        .filter(({ annotations }) => isJsonObject(annotations) && annotations[TEMPLATE_ANNOTATION] === mark)
        .map(({ name }) => String(name))
        .sort()
    },
    async ping() {
      await answered(async () => kube.get('/version'))
    },
  }
}

async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw toAppError(error)
  }
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return undefined
    throw error
  }
}

/** The API server's own validation guarantees this shape. */
const stored = (object: JsonObject): StoredObject => object as object as StoredObject
