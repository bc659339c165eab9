import { isJsonObject, type JsonObject, listAt, objectAt } from '../../lib/json.ts'
import {
  ATTEMPT_ANNOTATION,
  NODE_ANNOTATION,
  RUN_ID_ANNOTATION,
  RUN_LABEL,
  TASK_TOKEN_ANNOTATION,
  TRY_ANNOTATION,
  TTL_ANNOTATION,
} from '../../model/labels.ts'
import { activityIdOf } from '../../model/temporal-names.ts'
import { observeJob } from '../observe/job.ts'
import { observePod } from '../observe/pod/pod.ts'
import { serviceKey, waiterKey } from './keys.ts'
import type { SeenJob, SeenPod } from './tracked-job.ts'

/** A batch/v1 Job of an attempt → what is kept of it. */
export function readJob(object: JsonObject): SeenJob {
  const metadata = objectAt(object, 'metadata')
  const annotations = objectAt(metadata, 'annotations')
  const token = annotations[TASK_TOKEN_ANNOTATION]
  const ttl = annotations[TTL_ANNOTATION]
  const activity = activityIdOf(String(annotations[NODE_ANNOTATION]), Number(annotations[ATTEMPT_ANNOTATION]))
  const runId = String(annotations[RUN_ID_ANNOTATION] ?? '')
  return {
    uid: String(metadata.uid),
    namespace: String(metadata.namespace),
    name: String(metadata.name),
    runId,
    ...(typeof token === 'string'
      ? { token, waiter: waiterKey(runId, activity, Number(annotations[TRY_ANNOTATION] ?? 1)) }
      : {}),
    ...(typeof ttl === 'string' ? { ttlSeconds: Number(ttl) } : {}),
    ...podSelectorOf(objectAt(object, 'spec')),
    job: observeJob(object),
  }
}

function podSelectorOf(spec: JsonObject): { podSelector?: string } {
  if (spec.manualSelector !== true) return {}
  const labels = objectAt(objectAt(spec, 'selector'), 'matchLabels')
  return {
    podSelector: Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(','),
  }
}

/** A v1 Pod of an attempt or a service → what is kept of it. */
export function readPod(object: JsonObject): SeenPod {
  const metadata = objectAt(object, 'metadata')
  const job = jobOfPod(object)
  return {
    uid: String(metadata.uid),
    ...(job === undefined ? {} : { job }),
    service: serviceKey(
      objectAt(metadata, 'labels')[RUN_LABEL],
      objectAt(metadata, 'annotations')[NODE_ANNOTATION],
    ),
    facts: observePod(object),
  }
}

function jobOfPod(pod: JsonObject): string | undefined {
  const owner = listAt(objectAt(pod, 'metadata'), 'ownerReferences')
    .filter(isJsonObject)
    .find(({ kind }) => kind === 'Job')
  return typeof owner?.uid === 'string' ? owner.uid : undefined
}

export const uidOf = (object: JsonObject): string => String(objectAt(object, 'metadata').uid)
