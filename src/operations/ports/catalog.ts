import type { JsonObject } from '../../lib/json.ts'
import type { TypeMeta } from '../../manifests/type-meta.ts'

/** An object of one of our kinds, as the API server stores it. */
export interface StoredObject extends TypeMeta {
  metadata: {
    name: string
    namespace: string
    uid: string
    resourceVersion: string
    creationTimestamp: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    [key: string]: unknown
  }
  spec: JsonObject
  status?: JsonObject
}

export interface ObjectRef extends TypeMeta {
  namespace: string
  name: string
}

/** Stored manifests. Every method throws AppError `unavailable` when the API server cannot be reached. */
export interface Catalog {
  get(ref: ObjectRef): Promise<StoredObject | undefined>
  list(type: TypeMeta, namespace?: string): Promise<StoredObject[]>
  /** AppErrors: `conflict` when it exists, `refused` with the API server's reason. */
  create(object: JsonObject): Promise<StoredObject>
  /** Replaces spec, labels and annotations; `resourceVersion` makes it conditional (AppError `conflict`). */
  replace(object: JsonObject, resourceVersion: string): Promise<StoredObject>
  annotate(ref: ObjectRef, annotations: Record<string, string>): Promise<void>
  /** Background propagation: what the object owns is deleted too. Does nothing when the object is absent. */
  delete(ref: ObjectRef, options?: { uid?: string; resourceVersion?: string }): Promise<void>
  /** Names of the Jobs of the namespace that were made from this JobTemplate, sorted. */
  jobsOfTemplate(namespace: string, template: string): Promise<string[]>
  /** Throws unless the API server answers. */
  ping(): Promise<void>
}
