/**
 * Identifies the pod that a token was issued to. Kubernetes projects a service-account token for our audience
 * into each pod. The API server checks it (TokenReview) and names the pod. The Job that owns the pod names
 * its run and node.
 */

import { isJsonObject, type JsonObject, listAt, objectAt } from '../../lib/json.ts'
import {
  API_AUDIENCE,
  ATTEMPT_ANNOTATION,
  INSTANCE_LABEL,
  NODE_ANNOTATION,
  RUN_ID_ANNOTATION,
  RUN_LABEL,
} from '../../model/labels.ts'
import { parseRunId } from '../../model/run-id.ts'
import type { Identity, PodIdentity } from '../../operations/ports/identity.ts'
import type { Kube } from '../client/client.ts'
import { getOrNothing } from '../client/get-or-nothing.ts'
import { collectionPath, objectPath, resources } from '../client/resource-path.ts'
import { toAppError } from '../objects/to-app-error.ts'

/** Keys of the extra data that the API server adds to a reviewed token. */
const POD_NAME = 'authentication.kubernetes.io/pod-name'
const POD_UID = 'authentication.kubernetes.io/pod-uid'

export function createIdentity(kube: Kube, { instance }: { instance: string }): Identity {
  return {
    async podOf(token) {
      try {
        const claims = await review(kube, token)
        return claims && (await findPod(kube, claims, instance))
      } catch (error) {
        throw toAppError(error)
      }
    },
  }
}

interface Claims {
  namespace: string
  pod: string
  uid: string
}

async function review(kube: Kube, token: string): Promise<Claims | undefined> {
  const answer = await kube.create(collectionPath(resources.TokenReview), {
    apiVersion: resources.TokenReview.apiVersion,
    kind: 'TokenReview',
    spec: { token, audiences: [API_AUDIENCE] },
  })
  const { authenticated, user, audiences } = objectAt(answer, 'status')
  // An API server without audience support would accept a token for any audience.
  const isMeant = Array.isArray(audiences) && audiences.includes(API_AUDIENCE)
  if (authenticated !== true || !isMeant || !isJsonObject(user)) return undefined
  const [, , namespace] = /^system:(serviceaccount):([^:]+):/.exec(String(user.username)) ?? []
  const extra = isJsonObject(user.extra) ? user.extra : {}
  const first = (value: unknown): string | undefined =>
    Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined
  const pod = first(extra[POD_NAME])
  const uid = first(extra[POD_UID])
  return namespace && pod && uid ? { namespace, pod, uid } : undefined
}

/**
 * The pod must be owned by a Job of this installation, and that Job by its run. Annotations of the pod prove
 * nothing: anybody who may create pods can write ours.
 */
async function findPod(
  kube: Kube,
  { namespace, pod, uid }: Claims,
  instance: string,
): Promise<PodIdentity | undefined> {
  const object = await getOrNothing(kube, objectPath(resources.Pod, namespace, pod))
  if (!object || objectAt(object, 'metadata').uid !== uid) return undefined
  const { phase } = objectAt(object, 'status')
  const identity = { namespace, pod, hasEnded: phase === 'Succeeded' || phase === 'Failed' }
  const nobody = { ...identity, runId: undefined, node: undefined, attempt: undefined }
  const owner = ownerOf(object, 'Job')
  const job = owner && (await getOrNothing(kube, objectPath(resources.Job, namespace, owner.name)))
  if (!job || objectAt(job, 'metadata').uid !== owner.uid) return nobody
  const { labels, annotations } = marksOf(job)
  const runId = annotations[RUN_ID_ANNOTATION]
  const run = ownerOf(job)
  const isOurs = labels[INSTANCE_LABEL] === instance && run?.uid === labels[RUN_LABEL]
  if (!isOurs || typeof runId !== 'string' || parseRunId(runId)?.uid8 !== run?.uid.slice(0, 8)) return nobody
  const node = annotations[NODE_ANNOTATION]
  const attempt = Number(annotations[ATTEMPT_ANNOTATION])
  return { ...identity, runId, node: typeof node === 'string' ? node : undefined, attempt }
}

function ownerOf(object: JsonObject, kind?: string): { name: string; uid: string } | undefined {
  const owners = listAt(objectAt(object, 'metadata'), 'ownerReferences').filter(isJsonObject)
  const owner = owners.find((each) => kind === undefined || each.kind === kind)
  return owner && { name: String(owner.name), uid: String(owner.uid) }
}

function marksOf(object: JsonObject): { labels: JsonObject; annotations: JsonObject } {
  const metadata = objectAt(object, 'metadata')
  return { labels: objectAt(metadata, 'labels'), annotations: objectAt(metadata, 'annotations') }
}
