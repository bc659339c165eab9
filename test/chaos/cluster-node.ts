import type { JsonObject } from '../../src/lib/json.ts'
import { objectAt } from '../../src/lib/json.ts'
import { until } from '../until.ts'
import type { Wave } from './fault.ts'

/** Label and taint of a node that a fault brings along. */
export const MARK = 'chaos.example.com/node'

/** A cluster node with no kubelet: what is on it is as the suite says that it is. */
export async function addNode({ world }: Wave, name: string): Promise<void> {
  const now = new Date().toISOString()
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now }
  const room = { cpu: '8', memory: '16Gi', pods: '100' }
  await world.kube.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [MARK]: name } },
    // Pods come here only when they want to.
    spec: { taints: [{ key: MARK, value: name, effect: 'NoSchedule' }] },
  })
  await world.kube.patch(`/api/v1/nodes/${name}/status`, {
    status: { capacity: room, allocatable: room, conditions: [ready] },
  })
}

export const dropNode = ({ world }: Wave, name: string): Promise<void> =>
  world.kube.delete(`/api/v1/nodes/${name}`).catch(() => undefined)

export async function podOn({ world, namespace }: Wave, name: string, job: string): Promise<JsonObject> {
  let found: JsonObject | undefined
  await until(`a pod of ${job} on ${name}`, async () => {
    const { items } = await world.kube.list(`/api/v1/namespaces/${namespace}/pods`, {
      fields: `spec.nodeName=${name}`,
    })
    found = items.find((pod) => String(objectAt(pod, 'metadata').name).startsWith(`${job}-`))
    return found !== undefined
  })
  return found ?? {}
}
