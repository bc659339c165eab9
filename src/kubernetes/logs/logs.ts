/**
 * Logs from the cluster: what a container printed, for as long as its pod exists.
 *
 * The reader finds the pod of an attempt's Job (the newest, if there are several), picks the container and
 * streams. Following waits for what does not exist yet: a Job that is about to be created, its pod, a
 * container whose image is being pulled. After a cut connection it continues where it was
 * (pod-log.ts). A removed pod gives `gone`, with the reason as far as the cluster still has it,
 * rather than an empty log.
 *
 * Nothing is stored here: a log is deleted with its pod. Read it before the Job is deleted.
 *
 * Throws AppError: `not-found` (no such Job, or no such container, with the names that exist), `gone` (the
 * pod and its log were removed, or its node has lost the log), `forbidden`, and `unavailable` when the API
 * server or the node cannot be reached. An aborted signal ends a log without an error.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { AppError } from '../../operations/app-error.ts'
import type { LogRequest, Logs } from '../../operations/ports/logs.ts'
import { backOffMs } from '../client/back-off.ts'
import type { Kube } from '../client/client.ts'
import { isNotFound } from '../client/errors.ts'
import { collectionPath, resources } from '../client/resource-path.ts'
import { toAppError } from '../objects/to-app-error.ts'
import { conditionOf } from '../status/conditions.ts'
import { LogUnavailable } from './log-cursor.ts'
import { lookUp, podGoneError } from './pod-gone-error.ts'
import { podLog } from './pod-log.ts'

/** Longest pause between two checks for a pod that does not exist yet. */
const LAST_LOOK_MS = 2_000
/** A follower may come before the Job, which is usually created within milliseconds. */
const JOB_WITHIN_MS = 10_000

export function createLogs(kube: Kube): Logs {
  return { read: (request) => read(kube, request) }
}

async function* read(kube: Kube, request: LogRequest): AsyncIterable<string> {
  const { namespace, object, follow, tail, signal } = request
  try {
    const pod = await findPod(kube, request)
    if (!pod) return
    yield* podLog(kube, {
      namespace,
      pod: (pod.metadata as { name: string }).name,
      container: pickContainer(pod, request),
      follow,
      signal,
      ...(tail === undefined ? {} : { tail }),
    })
  } catch (error) {
    if (signal.aborted) return
    if (isNotFound(error)) throw await fateOf(kube, request)
    if (error instanceof LogUnavailable)
      throw new AppError(
        'gone',
        `The cluster node no longer has the log of ${object.kind} ${object.name}: ${error.message}.`,
      )
    throw toAppError(error)
  }
}

/** undefined when there is no pod yet and the caller does not follow. */
async function findPod(kube: Kube, request: LogRequest): Promise<JsonObject | undefined> {
  const { namespace, object, follow, signal } = request
  const label = object.kind === 'Job' ? 'batch.kubernetes.io/job-name' : 'k8s-app'
  const selector = `${label}=${object.name}`
  const giveUpAt = Date.now() + JOB_WITHIN_MS
  for (let looks = 1; ; looks++) {
    // Read the Job before the pods: if it has ended, no pod can appear that this list would miss.
    const found = await lookUp(kube, namespace, object)
    const { items } = await kube.list(collectionPath(resources.Pod, namespace), { selector, signal })
    const newest = items.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)))[0]
    if (newest) return newest
    if (found && hasEnded(found)) throw await fateOf(kube, request)
    if (!found) {
      const fate = await fateOf(kube, request)
      const isOver = !follow || fate.code === 'gone' || Date.now() > giveUpAt
      // The object may have been created in the meantime.
      if (isOver && !(await lookUp(kube, namespace, object))) throw fate
    }
    if (!follow) return undefined
    await sleep(backOffMs(looks, Math.random(), LAST_LOOK_MS), undefined, { signal })
  }
}

/** Events explain the loss of a Job's only pod. A Deployment may have other pods. */
async function fateOf(kube: Kube, { namespace, object: { kind, name } }: LogRequest): Promise<AppError> {
  if (kind === 'Job') return podGoneError(kube, namespace, name)
  return new AppError(
    'gone',
    `${kind} ${name} in ${namespace} no longer exists, and its logs were deleted with it.`,
  )
}

const createdAt = ({ metadata }: JsonObject): string =>
  isJsonObject(metadata) ? String(metadata.creationTimestamp) : ''

const hasEnded = (job: JsonObject): boolean =>
  ['Complete', 'Failed', 'SuccessCriteriaMet', 'FailureTarget'].some((type) => conditionOf(job, type))

function pickContainer(pod: JsonObject, { container, object }: LogRequest): string {
  const spec = pod.spec as { containers: { name: string }[]; initContainers?: { name: string }[] }
  const names = [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name)
  const wanted = container ?? spec.containers[0]?.name ?? ''
  if (names.includes(wanted)) return wanted
  throw new AppError(
    'not-found',
    `The pod of ${object.name} has no container "${wanted}": use one of ${names.join(', ')}.`,
  )
}
