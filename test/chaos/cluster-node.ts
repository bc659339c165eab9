import type { JsonObject } from '../../src/lib/json.ts'
import { objectAt } from '../../src/lib/json.ts'
import { until } from '../until.ts'
import type { Round } from './fault.ts'

/** Label and taint of a node that a fault adds. */
export const MARK = 'chaos.example.com/node'

/** A cluster node without a kubelet: the suite writes the status of its pods. */
export async function addNode({ env }: Round, name: string): Promise<void> {
  const now = new Date().toISOString()
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now }
  const capacity = { cpu: '8', memory: '16Gi', pods: '100' }
  await env.kube.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [MARK]: name } },
    // Only pods that tolerate it are scheduled here.
    spec: { taints: [{ key: MARK, value: name, effect: 'NoSchedule' }] },
  })
  await env.kube.patch(`/api/v1/nodes/${name}/status`, {
    status: { capacity, allocatable: capacity, conditions: [ready] },
  })
}

export const deleteNode = ({ env }: Round, name: string): Promise<void> =>
  env.kube.delete(`/api/v1/nodes/${name}`).catch(() => undefined)

export async function podOn({ env, namespace }: Round, name: string, job: string): Promise<JsonObject> {
  let found: JsonObject | undefined
  await until(`a pod of ${job} on ${name}`, async () => {
    const { items } = await env.kube.list(`/api/v1/namespaces/${namespace}/pods`, {
      fields: `spec.nodeName=${name}`,
    })
    found = items.find((pod) => String(objectAt(pod, 'metadata').name).startsWith(`${job}-`))
    return found !== undefined
  })
  return found ?? {}
}
