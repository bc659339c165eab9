import { type JsonObject, objectAt } from '../../lib/json.ts'
import { AppError } from '../../operations/app-error.ts'
import type { Kube } from '../client/client.ts'
import { getOrNothing } from '../client/get-or-nothing.ts'
import { collectionPath, objectPath, resources } from '../client/resource-path.ts'
import { conditionsOf } from '../status/conditions.ts'

/** Reasons of pod events that say what ended the pod. */
const endings: unknown[] = [
  'Killing',
  'Evicted',
  'Preempted',
  'TaintManagerEviction',
  'NodeShutdown',
  'Preempting',
]

/**
 * Why a Job has no pod to read: AppError `gone`, with what removed the pod as far as the cluster still knows,
 * or `not-found` when nothing shows that the Job ever existed. Events are kept for an hour by default.
 */
export async function podGoneError(kube: Kube, namespace: string, job: string): Promise<AppError> {
  const object = await lookUp(kube, namespace, { kind: 'Job', name: job })
  const events = await eventsOf(kube, namespace, 'Job', job)
  if (!object && events.length === 0) {
    return new AppError(
      'not-found',
      `Job ${job} does not exist in ${namespace}: it was never created, or it was deleted with its log.`,
    )
  }
  const reason = object ? await whyWithout(kube, namespace, object, events) : 'the Job was deleted'
  const because = reason === undefined ? '' : ` (${reason})`
  return new AppError('gone', `The pod of Job ${job} was deleted, and its log with it${because}.`)
}

async function whyWithout(
  kube: Kube,
  namespace: string,
  job: JsonObject,
  events: JsonObject[],
): Promise<string | undefined> {
  if (conditionsOf(job).some(({ reason }) => reason === 'DeadlineExceeded'))
    return 'the Job exceeded its deadline, and Kubernetes then deletes the pod'
  if (objectAt(job, 'metadata').deletionTimestamp !== undefined) return 'the Job is being deleted'
  const pod = /^Created pod: (\S+)$/.exec(
    messageOf(events.findLast(({ reason }) => reason === 'SuccessfulCreate')),
  )
  if (!pod?.[1]) return undefined
  const last = (await eventsOf(kube, namespace, 'Pod', pod[1])).findLast(({ reason }) =>
    endings.includes(reason),
  )
  return last && `${last.reason}: ${messageOf(last)}`
}

const messageOf = (event: JsonObject | undefined): string => String(event?.message ?? '')

/** Oldest first. Empty when we may not read events: they only explain, and nothing depends on them. */
async function eventsOf(kube: Kube, namespace: string, kind: string, name: string): Promise<JsonObject[]> {
  try {
    const fields = `involvedObject.kind=${kind},involvedObject.name=${name}`
    const { items } = await kube.list(collectionPath(resources.Event, namespace), { fields })
    return items.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))
  } catch {
    return []
  }
}

const timeOf = ({ lastTimestamp, eventTime }: JsonObject): string => String(lastTimestamp ?? eventTime ?? '')

export const lookUp = (
  kube: Kube,
  namespace: string,
  { kind, name }: { kind: 'Job' | 'Deployment'; name: string },
): Promise<JsonObject | undefined> => getOrNothing(kube, objectPath(resources[kind], namespace, name))
