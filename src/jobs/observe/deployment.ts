import { conditionOf } from '../../kubernetes/status/conditions.ts'
import { type JsonObject, objectAt } from '../../lib/json.ts'
import type { LiveFacts } from '../../model/messages/heartbeat.ts'
import type { PodFacts } from './facts.ts'
import { imageMessage } from './failed-pod.ts'
import { text } from './job.ts'

/** The observed facts of a Deployment. */
export interface DeploymentFacts {
  name: string
  wanted: number
  /** Pods of the current template, and pods that have been ready for `minReadySeconds`. */
  updated: number
  available: number
  /** Its controller has observed the latest generation. */
  isObserved: boolean
  /** Why pods cannot be created (a quota, a webhook). */
  failure?: string
}

export function observeDeployment(object: JsonObject): DeploymentFacts {
  const metadata = objectAt(object, 'metadata')
  const spec = objectAt(object, 'spec')
  const status = objectAt(object, 'status')
  return {
    name: String(metadata.name),
    wanted: countOf(spec.replicas, 1),
    updated: countOf(status.updatedReplicas, 0),
    available: countOf(status.availableReplicas, 0),
    isObserved: countOf(status.observedGeneration, 0) >= countOf(metadata.generation, 1),
    ...text('failure', conditionOf(object, 'ReplicaFailure')?.message),
  }
}

const countOf = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

/** All wanted pods exist, have the current template and are available. */
export const isReady = ({ isObserved, wanted, updated, available }: DeploymentFacts): boolean =>
  isObserved && updated >= wanted && available >= wanted

/** Live facts of a service: how many replicas are ready, and why the others are not. */
export function liveService(
  { objectName }: { objectName: string },
  facts: DeploymentFacts | undefined,
  pods: readonly PodFacts[],
): LiveFacts {
  if (!facts) return { phase: 'Pending', message: `Deployment ${objectName} is being created` }
  const replicas = { wanted: facts.wanted, ready: Math.min(facts.available, facts.wanted) }
  if (isReady(facts)) return { phase: 'Running', replicas }
  const reason = facts.failure ?? pods.map(whyNot).find((each) => each !== undefined)
  const message = `${replicas.ready} of ${replicas.wanted} replicas are ready${reason === undefined ? '' : `: ${reason}`}`
  return { phase: 'Pending', replicas, message }
}

function whyNot({ name, waiting, unschedulable, container }: PodFacts): string | undefined {
  if (waiting) {
    const last = container && container.exitCode !== 0 ? ` (exited with code ${container.exitCode})` : ''
    return `pod ${name}, ${imageMessage(waiting)}${last}`
  }
  return unschedulable === undefined ? undefined : `pod ${name}, no cluster node takes it: ${unschedulable}`
}
