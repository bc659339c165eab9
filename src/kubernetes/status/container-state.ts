import { isJsonObject, type JsonObject, listAt, objectAt } from '../../lib/json.ts'

/** `unstarted`: the pod has ended, and this container never ran. */
export type ContainerState = 'waiting' | 'running' | 'ended' | 'unstarted'

/** State of a container of a pod; init containers included. */
export function containerState(pod: JsonObject, container: string): ContainerState {
  if (!isJsonObject(pod.status)) return 'waiting'
  const { phase } = pod.status
  const state = stateOf(pod, container)
  const hasPodEnded = phase === 'Succeeded' || phase === 'Failed'
  if (state.terminated !== undefined) return 'ended'
  // After the loss of its node the container's status says running for ever.
  if (state.running !== undefined) return hasPodEnded ? 'ended' : 'running'
  return hasPodEnded ? 'unstarted' : 'waiting'
}

/** When it ended, in milliseconds of its node's clock; undefined when no end is recorded. */
export function endedAt(pod: JsonObject, container: string): number | undefined {
  const { terminated } = stateOf(pod, container)
  const time = isJsonObject(terminated) ? terminated.finishedAt : undefined
  return typeof time === 'string' ? Date.parse(time) : undefined
}

/** Statuses of all containers of a pod, init containers first. The kubelet may list each sort in any order. */
export function containerStatuses(pod: JsonObject): JsonObject[] {
  const status = objectAt(pod, 'status')
  return [...listAt(status, 'initContainerStatuses'), ...listAt(status, 'containerStatuses')].filter(
    isJsonObject,
  )
}

function stateOf(pod: JsonObject, container: string): JsonObject {
  const found = containerStatuses(pod).find(({ name }) => name === container)
  return objectAt(found ?? {}, 'state')
}
