import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { AppError } from '../../operations/app-error.ts'
import type { Kube } from '../client/client.ts'
import { getOrNothing } from '../client/get-or-nothing.ts'

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
  { metadata, status }: JsonObject,
  events: JsonObject[],
): Promise<string | undefined> {
  const conditions = isJsonObject(status) && Array.isArray(status.conditions) ? status.conditions : []
  if (conditions.some((one) => isJsonObject(one) && one.reason === 'DeadlineExceeded'))
    return 'the Job exceeded its deadline, and Kubernetes then deletes the pod'
  if (isJsonObject(metadata) && metadata.deletionTimestamp !== undefined) return 'the Job is being deleted'
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
    const { items } = await kube.list(`/api/v1/namespaces/${namespace}/events`, { fields })
    return items.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))
  } catch {
    return []
  }
}

const timeOf = ({ lastTimestamp, eventTime }: JsonObject): string => String(lastTimestamp ?? eventTime ?? '')

const collections = { Job: 'batch/v1', Deployment: 'apps/v1' } as const

export const lookUp = (
  kube: Kube,
  namespace: string,
  { kind, name }: { kind: keyof typeof collections; name: string },
): Promise<JsonObject | undefined> =>
  getOrNothing(kube, `/apis/${collections[kind]}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`)
