import { setTimeout as sleep } from 'node:timers/promises'
import { cancellationSignal, heartbeat } from '@temporalio/activity'
import type { Kube } from '../src/kubernetes/client/client.ts'
import { ignoreNotFound } from '../src/kubernetes/client/errors.ts'
import { collectionPath, objectPath, resources } from '../src/kubernetes/client/resource-path.ts'
import type { JsonObject } from '../src/lib/json.ts'
import { listAt, objectAt } from '../src/lib/json.ts'
import { RUN_LABEL } from '../src/model/labels.ts'
import type { RunRef } from '../src/model/run-id.ts'
import type { ActivityDeps } from './deps.ts'

/** First and longest pause between two checks. Pods may need their grace period, 30 s by default, to end. */
const FIRST_LOOK_MS = 100
const LAST_LOOK_MS = 2_000

/**
 * A pod this far past its deletion deadline has no kubelet to end it: its cluster node is unreachable. The
 * run does not wait for it; Kubernetes removes the pod when the node comes back or is deleted.
 */
const UNREACHABLE_MS = 60_000

const nameOf = (object: JsonObject): string => String(objectAt(object, 'metadata').name)

const isAwaited = (pod: JsonObject): boolean => isMade(pod) && !isUnreachable(pod)

/** A pod without an owner has only copied our labels, and nothing would ever delete it. */
const isMade = (pod: JsonObject): boolean => listAt(objectAt(pod, 'metadata'), 'ownerReferences').length > 0

function isUnreachable(pod: JsonObject): boolean {
  const { deletionTimestamp } = objectAt(pod, 'metadata')
  return typeof deletionTimestamp === 'string' && Date.now() - Date.parse(deletionTimestamp) > UNREACHABLE_MS
}

/** Deletes the Jobs (and Deployments and Services) of the run. Returns once they and their pods are gone. */
export async function deleteObjects(
  { kube }: ActivityDeps,
  run: RunRef,
  withServices = false,
): Promise<void> {
  const selector = `${RUN_LABEL}=${run.uid}`
  const jobs = collectionPath(resources.Job, run.namespace)
  const pods = collectionPath(resources.Pod, run.namespace)
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_LOOK_MS)) {
    // Repeated at every check: a Job may reach the API server after the run was cancelled.
    await kube.deleteCollection(jobs, selector, { propagationPolicy: 'Background' })
    const others = withServices ? await deleteServices(kube, run, selector) : []
    // A run may have ten thousand of each, so only names are kept.
    const dying = await kube.listAs(pods, (pod) => (isAwaited(pod) ? [nameOf(pod)] : []), { selector })
    const left = [...(await kube.listAs(jobs, nameOf, { selector })).items, ...others, ...dying.items.flat()]
    if (left.length === 0) return
    heartbeat({ waitingFor: left.slice(0, 10) })
    await sleep(pauseMs, undefined, { signal: cancellationSignal() })
  }
}

/** Names of those left. Services are deleted singly: some API servers refuse a collection of them. */
async function deleteServices(kube: Kube, { namespace }: RunRef, selector: string): Promise<string[]> {
  const deployments = collectionPath(resources.Deployment, namespace)
  const services = collectionPath(resources.Service, namespace)
  await kube.deleteCollection(deployments, selector, { propagationPolicy: 'Background' })
  const left = (await kube.listAs(services, nameOf, { selector })).items
  for (const service of left)
    await ignoreNotFound(kube.delete(objectPath(resources.Service, namespace, service)))
  return [...left, ...(await kube.listAs(deployments, nameOf, { selector })).items]
}
