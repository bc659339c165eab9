import { setTimeout as sleep } from 'node:timers/promises'
import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { ignoreNotFound } from '../src/jobs/tracker/job-maintenance.ts'
import type { Kube } from '../src/kubernetes/client/client.ts'
import type { JsonObject } from '../src/lib/json.ts'
import { listAt, objectAt } from '../src/lib/json.ts'
import { RUN_LABEL } from '../src/model/labels.ts'
import type { RunRef } from '../src/model/run-id.ts'
import type { ActivityDeps } from './deps.ts'

/** First and longest pause between two looks; pods take up to their grace period, which is 30 s by default. */
const FIRST_LOOK_MS = 100
const LAST_LOOK_MS = 2_000

/**
 * A pod that should have ended a minute ago has no kubelet that could end it: its cluster node is away. Nothing is
 * left to do for the run; Kubernetes removes the pod when the node comes back or is deleted.
 */
const UNREACHABLE_MS = 60_000

const nameOf = (object: JsonObject): string => String(objectAt(object, 'metadata').name)

const isAwaited = (pod: JsonObject): boolean => isMade(pod) && !isUnreachable(pod)

/** What nothing owns was made by somebody else, who copied our labels: it would be there for ever. */
const isMade = (pod: JsonObject): boolean => listAt(objectAt(pod, 'metadata'), 'ownerReferences').length > 0

function isUnreachable(pod: JsonObject): boolean {
  const { deletionTimestamp } = objectAt(pod, 'metadata')
  return typeof deletionTimestamp === 'string' && Date.now() - Date.parse(deletionTimestamp) > UNREACHABLE_MS
}

/** Deletes every Job of the run (and its Deployments and DeploymentTracker), and returns when they and their pods are seen gone. */
export async function deleteObjects(
  { kube }: ActivityDeps,
  run: RunRef,
  withServices = false,
): Promise<void> {
  const selector = `${RUN_LABEL}=${run.uid}`
  const jobs = `/apis/batch/v1/namespaces/${run.namespace}/jobs`
  const pods = `/api/v1/namespaces/${run.namespace}/pods`
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_LOOK_MS)) {
    // Again at every look: a Job that was on its way to the API server when the run was cancelled goes as well.
    await kube.deleteCollection(jobs, selector, { propagationPolicy: 'Background' })
    const others = withServices ? await deleteServices(kube, run, selector) : []
    // A run may have ten thousand of each: of what is awaited only the name is kept.
    const dying = await kube.listAs(pods, (pod) => (isAwaited(pod) ? [nameOf(pod)] : []), { selector })
    const left = [...(await kube.listAs(jobs, nameOf, { selector })).items, ...others, ...dying.items.flat()]
    if (left.length === 0) return
    heartbeat({ waitingFor: left.slice(0, 10) })
    await sleep(pauseMs, undefined, { signal: cancellationSignal() })
  }
}

/** Names of what of them is still there. DeploymentTracker are deleted one by one: not every API server takes a collection of them. */
async function deleteServices(kube: Kube, { namespace }: RunRef, selector: string): Promise<string[]> {
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const services = `/api/v1/namespaces/${namespace}/services`
  await kube.deleteCollection(deployments, selector, { propagationPolicy: 'Background' })
  const left = (await kube.listAs(services, nameOf, { selector })).items
  for (const service of left) await ignoreNotFound(kube.delete(`${services}/${service}`))
  return [...left, ...(await kube.listAs(deployments, nameOf, { selector })).items]
}
