/**
 * The catalog: every manifest, as the object of its kind in the cluster.
 *
 * The API server is the one store of what was asked for, whichever door it came through; there is no copy and no
 * cache, so two API processes cannot disagree. Objects are written as the author wrote them: unknown fields of a
 * pod spec pass through, while a field that the CRD does not know where we own the schema is refused (strict
 * field validation) rather than pruned in silence.
 *
 * Fails with AppError, in the words of what the caller can do: `conflict` (somebody was faster), `refused` (the
 * API server's own reason, with fields), `not-found` (the namespace, or our CRDs, are missing), `forbidden`, and
 * `unavailable` when the API server cannot be reached.
 */
import { INSTANCE_LABEL, TEMPLATE_ANNOTATION } from '../../workflows/names.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { Kube } from '../kube/client.ts'
import { isNotFound } from '../kube/errors.ts'
import type { Catalog, ObjectRef, StoredObject } from '../operations/ports.ts'
import { type KindName, kindRow } from '../spec/kinds.ts'
import { toAppError } from './to-app-error.ts'

/** A field that the schema does not know is an error, not something to drop. */
const strict = { fieldValidation: 'Strict', fieldManager: 'millrace' }

export function createCatalog(kube: Kube, { instance }: { instance: string }): Catalog {
  const answered = async <T>(call: Promise<T>, namespace?: string): Promise<T> => {
    try {
      return await call
    } catch (error) {
      throw await toAppError(kube, error, namespace)
    }
  }
  return {
    async get(ref) {
      try {
        return stored(await kube.get(pathOf(ref)))
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw await toAppError(kube, error)
      }
    },
    async list(kind, namespace) {
      const { items } = await answered(kube.list(collectionOf(kind, namespace)))
      return items.map(stored)
    },
    async create(object) {
      const { kind, metadata } = stored(object)
      const path = collectionOf(kind as KindName, metadata.namespace)
      return stored(await answered(kube.create(path, object, strict), metadata.namespace))
    },
    async replace(object, resourceVersion) {
      const { kind, metadata } = stored(object)
      const { namespace, name } = metadata
      const body = { ...object, metadata: { ...(object.metadata as JsonObject), resourceVersion } }
      return stored(
        await answered(kube.replace(pathOf({ kind: kind as KindName, namespace, name }), body, strict)),
      )
    },
    async annotate(ref, annotations) {
      await answered(kube.patch(pathOf(ref), { metadata: { annotations } }))
    },
    async delete(ref, preconditions = {}) {
      try {
        await kube.delete(pathOf(ref), { propagationPolicy: 'Background', preconditions })
      } catch (error) {
        if (!isNotFound(error)) throw await toAppError(kube, error)
      }
    },
    async jobsOfTemplate(namespace, template) {
      const selector = `${INSTANCE_LABEL}=${instance}`
      const path = `/apis/batch/v1/namespaces/${namespace}/jobs`
      const { items } = await answered(kube.list(path, { selector }))
      return items
        .map((job) => (isJsonObject(job.metadata) ? job.metadata : {}))
        .filter(
          ({ annotations }) =>
            isJsonObject(annotations) && annotations[TEMPLATE_ANNOTATION] === `${namespace}.${template}`,
        )
        .map(({ name }) => String(name))
        .sort()
    },
    async ping() {
      await answered(kube.get('/version'))
    },
  }
}

function collectionOf(kind: KindName, namespace?: string): string {
  const { apiVersion, plural } = kindRow(kind)
  return `/apis/${apiVersion}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`
}

const pathOf = ({ kind, namespace, name }: ObjectRef): string => `${collectionOf(kind, namespace)}/${name}`

/** What the API server holds has this shape; its own validation is the guarantee. */
const stored = (object: JsonObject): StoredObject => object as object as StoredObject
