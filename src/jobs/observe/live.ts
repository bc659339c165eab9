import type { LiveFacts } from '../../model/messages/heartbeat.ts'
import type { Facts } from './facts.ts'
import { imageMessage } from './failed-pod.ts'

/** Live facts of an attempt that has not ended: above all, why it does not run. */
export function live({ job, pod }: Facts, unknownClusterNode = false): LiveFacts {
  if (job.suspended) return { phase: 'Pending', message: 'the Job is suspended (spec.suspend is true)' }
  if (!pod) return { phase: 'Pending', message: 'no pod yet' }
  const { name, clusterNode, startedAt, steps } = pod
  const place = {
    pod: name,
    ...(clusterNode ? { clusterNode } : {}),
    ...(startedAt ? { startedAt } : {}),
    ...(steps ? { steps } : {}),
  }
  if (pod.deletionDeadline !== undefined)
    return { phase: 'Running', message: 'its pod is being deleted', ...place }
  if (pod.waiting) return { phase: 'Pending', message: imageMessage(pod.waiting), ...place }
  if (pod.unschedulable)
    return { phase: 'Pending', message: `no cluster node takes it: ${pod.unschedulable}`, ...place }
  // A pod is Pending while its init containers run, and in a sequence these are steps.
  if (steps?.some(({ phase }) => phase === 'Running' || phase === 'Succeeded'))
    return { phase: 'Running', ...place }
  if (pod.phase !== 'Pending') return { phase: pod.phase === 'Running' ? 'Running' : 'Ended', ...place }
  if (unknownClusterNode) {
    return {
      phase: 'Pending',
      message: `cluster node ${clusterNode} does not exist; the pod is pinned to it`,
      ...place,
    }
  }
  return { phase: 'Pending', ...place }
}
