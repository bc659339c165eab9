/**
 * Logs, as the cluster has them: what a container printed, for as long as its pod exists.
 *
 * The reader finds the pod of an attempt's Job (the newest, should there be several), picks the container and
 * streams. Following waits for what is not there yet: the pod of a Job that was just made, a container whose
 * image is being pulled. What is no more is said to be gone rather than shown as empty.
 *
 * Fails with AppError: `not-found` (no such container, with the names there are), `gone` (the pod was removed and
 * its log with it), `unavailable` when the API server cannot be reached.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { Kube } from '../kube/client.ts'
import { isNotFound, KubeUnreachable } from '../kube/errors.ts'
import { podLog } from '../kube/pod-log.ts'
import { AppError } from '../operations/app-error.ts'
import type { LogRequest, Logs } from '../operations/ports.ts'

const LOOK_MS = 300

export function createLogs(kube: Kube): Logs {
  return { read: (request) => read(kube, request) }
}

async function* read(kube: Kube, request: LogRequest): AsyncIterable<string> {
  const { namespace, job, follow, tail, signal } = request
  try {
    const pod = await podOf(kube, request)
    if (!pod) return
    const container = pickContainer(pod, request)
    const { name } = pod.metadata as { name: string }
    yield* podLog(kube, {
      namespace,
      pod: name,
      container,
      follow,
      signal,
      ...(tail === undefined ? {} : { tail }),
    })
  } catch (error) {
    if (signal.aborted) return
    if (isNotFound(error)) throw gone(job)
    if (error instanceof KubeUnreachable) {
      throw new AppError('unavailable', 'The Kubernetes API server cannot be reached; try again.', {
        cause: error,
      })
    }
    throw error
  }
}

/** undefined while there is none yet and nobody waits for it. */
async function podOf(
  kube: Kube,
  { namespace, job, follow, signal }: LogRequest,
): Promise<JsonObject | undefined> {
  const selector = `batch.kubernetes.io/job-name=${job}`
  for (;;) {
    const { items } = await kube.list(`/api/v1/namespaces/${namespace}/pods`, { selector, signal })
    const newest = items.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)))[0]
    if (newest) return newest
    // A Job without a pod is about to get one, unless it has ended; a Job that is not there never will.
    const found = await kube.get(`/apis/batch/v1/namespaces/${namespace}/jobs/${job}`)
    if (isJsonObject(found.status) && Array.isArray(found.status.conditions)) throw gone(job)
    if (!follow) return undefined
    await sleep(LOOK_MS, undefined, { signal })
  }
}

const createdAt = ({ metadata }: JsonObject): string =>
  isJsonObject(metadata) ? String(metadata.creationTimestamp) : ''

function pickContainer(pod: JsonObject, { container, job }: LogRequest): string {
  const spec = pod.spec as { containers: { name: string }[]; initContainers?: { name: string }[] }
  const names = [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name)
  const wanted = container ?? spec.containers[0]?.name ?? ''
  if (names.includes(wanted)) return wanted
  throw new AppError(
    'not-found',
    `The pod of ${job} has no container "${wanted}": use one of ${names.join(', ')}.`,
  )
}

const gone = (job: string): AppError =>
  new AppError('gone', `The pod of Job ${job} was removed, and its log with it.`)
