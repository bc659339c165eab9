import { uidOf } from '../src/jobs/tracker/read-objects.ts'
import type { Kube } from '../src/kubernetes/client/client.ts'
import { isAlreadyExists, isConflict, isTransient, KubeError } from '../src/kubernetes/client/errors.ts'
import { getOrNothing } from '../src/kubernetes/client/get-or-nothing.ts'
import { collectionPath, type Resource, resources } from '../src/kubernetes/client/resource-path.ts'
import { isJsonObject, type JsonObject, listAt, objectAt } from '../src/lib/json.ts'
import {
  ATTEMPT_ANNOTATION,
  NODE_ANNOTATION,
  RUN_ID_ANNOTATION,
  RUN_LABEL,
  TASK_TOKEN_ANNOTATION,
  TRY_ANNOTATION,
} from '../src/model/labels.ts'
import { clipOutcome, type Outcome } from '../src/model/outcome.ts'
import { isUnwanted } from './is-unwanted.ts'

export type Made = { uid: string } | { outcome: Outcome }

/** The name is taken by an object that is being deleted, or was just created: retry. */
export class NameTakenForNow extends Error {
  override readonly name = 'NameTakenForNow'
}

const creatable: Record<string, Resource> = {
  Job: resources.Job,
  Deployment: resources.Deployment,
  Service: resources.Service,
}

/**
 * Creates the object (a Job, Deployment or Service), or adopts the one that an earlier try of the same
 * attempt created. `wasMade`: the object is known to have been created. Its absence then means that somebody
 * deleted it, and it must not run again.
 * A final refusal by the API server is returned as an outcome; everything else is thrown, to be retried.
 */
export async function createOrAdopt(kube: Kube, wanted: JsonObject, wasMade: boolean): Promise<Made> {
  const { namespace, name } = objectAt(wanted, 'metadata')
  const kind = String(wanted.kind)
  const resource = creatable[kind]
  if (!resource) throw new TypeError(`the kind ${kind} is not supported`)
  const path = collectionPath(resource, String(namespace))
  // Long-lived objects are re-checked often; GET first so that admission webhooks do not run each time.
  if (kind !== 'Job')
    return (await adopt(kube, path, wanted)) ?? orTaken(await create(kube, path, wanted, kind), name)
  if (!wasMade) {
    const made = await create(kube, path, wanted, kind)
    if (made) return made
  }
  const adopted = await adopt(kube, path, wanted)
  if (adopted) return adopted
  if (!wasMade) throw new NameTakenForNow(`${kind} ${name} was deleted in the meantime`)
  const message = `${kind} ${name} was deleted while no worker watched it`
  return { outcome: { type: 'lost', reason: 'JobDeleted', message } }
}

/** Throws when the object was created between our GET and our POST. */
function orTaken(made: Made | undefined, name: unknown): Made {
  if (made) return made
  throw new NameTakenForNow(`${name} was created in the meantime`)
}

/** undefined when an object of this name exists. */
async function create(kube: Kube, path: string, wanted: JsonObject, kind: string): Promise<Made | undefined> {
  try {
    return { uid: uidOf(await kube.create(path, wanted)) }
  } catch (error) {
    if (isAlreadyExists(error)) return undefined
    const refused = refusal(error, kind)
    // An earlier try may have created it and lost the response, before a new rule began to refuse it.
    return (await isThere(kube, path, wanted)) ? undefined : { outcome: refused }
  }
}

async function isThere(kube: Kube, path: string, wanted: JsonObject): Promise<boolean> {
  const found = await getOrNothing(kube, `${path}/${objectAt(wanted, 'metadata').name}`)
  return found !== undefined && isSameAttempt(found, wanted)
}

/** Adopts the existing object, or reports whose it is; undefined when none exists. */
async function adopt(kube: Kube, path: string, wanted: JsonObject): Promise<Made | undefined> {
  const { name, annotations } = objectAt(wanted, 'metadata')
  const kind = String(wanted.kind)
  const found = await getOrNothing(kube, `${path}/${name}`)
  if (!found) return undefined
  if (!isSameAttempt(found, wanted)) return takenByOther(kube, found, kind)
  if (objectAt(found, 'metadata').deletionTimestamp !== undefined && kind !== 'Job')
    throw new NameTakenForNow(`${kind} ${name} is being deleted`)
  const ours = isJsonObject(annotations) ? annotations : {}
  const token = ours[TASK_TOKEN_ANNOTATION]
  const tryOf = (marks: JsonObject): number => Number(marks[TRY_ANNOTATION] ?? 0)
  const metadata = objectAt(found, 'metadata')
  // Two tries may run at once, when Temporal has given up the older one: the newer one's token must win.
  const isNewer = tryOf(ours) >= tryOf(objectAt(metadata, 'annotations'))
  if (token !== undefined && isNewer) {
    const { resourceVersion } = metadata
    const marks = { [TASK_TOKEN_ANNOTATION]: token, [TRY_ANNOTATION]: String(tryOf(ours)) }
    try {
      await kube.patch(`${path}/${name}`, {
        metadata: { uid: uidOf(found), resourceVersion, annotations: marks },
      })
    } catch (error) {
      // It has changed since our GET and may hold a newer token.
      if (isConflict(error)) return adopt(kube, path, wanted)
      throw error
    }
  }
  return { uid: uidOf(found) }
}

/** A final refusal by the API server as an outcome; rethrows any other error. */
function refusal(error: unknown, kind: string): Outcome {
  if (!(error instanceof KubeError) || isTransient(error)) throw error
  return clipOutcome({
    type: 'refused',
    reason: error.reason,
    message: `Kubernetes refused the ${kind}: ${error.message}`,
  })
}

function isSameAttempt(found: JsonObject, wanted: JsonObject): boolean {
  const identity = (job: JsonObject): unknown[] => {
    const { labels, annotations } = objectAt(job, 'metadata')
    const marks = isJsonObject(annotations) ? annotations : {}
    return [isJsonObject(labels) && labels[RUN_LABEL], marks[NODE_ANNOTATION], marks[ATTEMPT_ANNOTATION]]
  }
  const theirs = identity(found)
  return identity(wanted).every((mark, index) => mark === theirs[index])
}

/** Throws, to be retried, while the other object or its owner is being deleted; otherwise refuses. */
async function takenByOther(kube: Kube, found: JsonObject, kind: string): Promise<Made> {
  const metadata = objectAt(found, 'metadata')
  const text = `a ${kind} named ${metadata.name} already exists`
  if (metadata.deletionTimestamp !== undefined || (await isOwnerGone(kube, metadata))) {
    throw new NameTakenForNow(`${text} and is being deleted`)
  }
  const run = objectAt(metadata, 'annotations')[RUN_ID_ANNOTATION]
  const owner = typeof run === 'string' ? `it belongs to the run ${run}` : 'it was not created by Millrace'
  const message = `${text}: ${owner}. Delete it, or use another name`
  return { outcome: { type: 'refused', reason: 'AlreadyExists', message } }
}

/** Garbage collection takes a moment after an owner is deleted; until then its Jobs still exist. */
async function isOwnerGone(kube: Kube, metadata: JsonObject): Promise<boolean> {
  const owner = listAt(metadata, 'ownerReferences').find(isJsonObject)
  // Only for our own kinds: the plural of others is not known here.
  if (!owner || typeof owner.apiVersion !== 'string' || !objectAt(metadata, 'labels')[RUN_LABEL]) return false
  const { kind, name, uid } = owner
  return isUnwanted(kube, {
    apiVersion: owner.apiVersion,
    kind: String(kind),
    namespace: String(metadata.namespace),
    name: String(name),
    uid: String(uid),
  })
}
