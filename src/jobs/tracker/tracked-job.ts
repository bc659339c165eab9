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
import type { Outcome } from '../../model/outcome.ts'
import { activityIdOf } from '../../model/temporal-names.ts'
import type { Facts, PodFacts } from '../observe/facts.ts'
import { observeJob } from '../observe/job.ts'
import { observePod } from '../observe/pod/pod.ts'

/** What is kept of an attempt's Job: facts only, never the whole object (several KiB each). */
export interface SeenJob {
  uid: string
  namespace: string
  name: string
  runId: string
  /** Base64 task token of the activity that waits. Jobs of blocks have none: they are awaited in process. */
  token?: string
  /** `waiterKey` of that activity and its try. */
  waiter?: string
  ttlSeconds?: number
  /** Of a Job with a manual selector; for all others Kubernetes selects pods by the Job's uid. */
  podSelector?: string
  job: Facts['job']
}

/** What is kept of a pod. */
export interface SeenPod {
  uid: string
  /** Uid of the Job that it belongs to. */
  job?: string
  /** `serviceKey` of its run and node, if it is a pod of a service. */
  service: string
  facts: PodFacts
}

/** One attempt's Job in the index. */
export interface TrackedJob extends SeenJob {
  /** By pod uid. A deleted pod stays, marked as deleted: its last status may explain the Job's end. */
  pods: Map<string, PodFacts>
  /** Revision: while it is unchanged, so are the facts. */
  looks: number
  /** Its pods were read after the Job had ended: they will not change. */
  isSettled?: true
  outcome?: Outcome
}

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

export const serviceKey = (run: unknown, node: unknown): string => `${run}/${node}`

/** Key of one try of an activity; `runId` is the workflow id. */
export const waiterKey = (runId: string, activityId: string, tryNumber: number): string =>
  JSON.stringify([runId, activityId, tryNumber])

function jobOfPod(pod: JsonObject): string | undefined {
  const owner = listAt(objectAt(pod, 'metadata'), 'ownerReferences')
    .filter(isJsonObject)
    .find(({ kind }) => kind === 'Job')
  return typeof owner?.uid === 'string' ? owner.uid : undefined
}

export const uidOf = (object: JsonObject): string => String(objectAt(object, 'metadata').uid)

/** The facts with the most informative pod: the first that failed by itself, else the last seen. */
export function factsOf({ job, pods, isSettled }: TrackedJob): Facts {
  const all = [...pods.values()]
  const byItself = all.filter(
    (one) => one.phase === 'Failed' && !one.disruption && one.deletionDeadline === undefined,
  )
  const first = byItself.toSorted((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? ''))[0]
  // Kubernetes may have retried by itself: the pod that completed the Job counts.
  const good = job.complete ? all.findLast(({ phase }) => phase === 'Succeeded') : undefined
  const bad = job.singlePod ? undefined : (first ?? all.find(({ phase }) => phase === 'Failed'))
  const pod = good ?? bad ?? all.at(-1)
  return { job, ...(pod ? { pod } : {}), ...(isSettled ? { isSettled } : {}) }
}
