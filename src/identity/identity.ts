/**
 * Who a token speaks for: a pod proves itself by the service-account token that Kubernetes projected into it for
 * our audience. The API server checks it (TokenReview) and names the pod; which node of which run that pod is,
 * stands in annotations of ours, and a pod cannot change those of its own.
 */

import {
  API_AUDIENCE,
  ATTEMPT_ANNOTATION,
  INSTANCE_LABEL,
  NODE_ANNOTATION,
  RUN_ID_ANNOTATION,
} from '../../workflows/names.ts'
import { toAppError } from '../catalog/to-app-error.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { Kube } from '../kube/client.ts'
import { isNotFound } from '../kube/errors.ts'
import type { Identity, PodIdentity } from '../operations/ports.ts'

/** The API server's own names for what it adds to a reviewed token. */
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
  const answer = await kube.create('/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, audiences: [API_AUDIENCE] },
  })
  const { authenticated, user } = isJsonObject(answer.status) ? answer.status : {}
  if (authenticated !== true || !isJsonObject(user)) return undefined
  const [, , namespace] = /^system:(serviceaccount):([^:]+):/.exec(String(user.username)) ?? []
  const extra = isJsonObject(user.extra) ? user.extra : {}
  const first = (value: unknown): string | undefined =>
    Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined
  const pod = first(extra[POD_NAME])
  const uid = first(extra[POD_UID])
  return namespace && pod && uid ? { namespace, pod, uid } : undefined
}

/** Of our own installation only: another one's pods are no concern of ours. */
async function findPod(
  kube: Kube,
  { namespace, pod, uid }: Claims,
  instance: string,
): Promise<PodIdentity | undefined> {
  const object = await kube.get(`/api/v1/namespaces/${namespace}/pods/${pod}`).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  const metadata: JsonObject = isJsonObject(object?.metadata) ? object.metadata : {}
  const labels = isJsonObject(metadata.labels) ? metadata.labels : {}
  if (metadata.uid !== uid || labels[INSTANCE_LABEL] !== instance) return undefined
  const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : {}
  const text = (name: string): string | undefined =>
    typeof annotations[name] === 'string' ? annotations[name] : undefined
  const attempt = text(ATTEMPT_ANNOTATION)
  return {
    namespace,
    pod,
    runId: text(RUN_ID_ANNOTATION),
    node: text(NODE_ANNOTATION),
    attempt: attempt === undefined ? undefined : Number(attempt),
  }
}
