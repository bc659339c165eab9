import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts'

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

function stateOf({ status }: JsonObject, container: string): JsonObject {
  if (!isJsonObject(status)) return {}
  const { containerStatuses, initContainerStatuses } = status
  const all = [...objects(containerStatuses), ...objects(initContainerStatuses)]
  const found = all.find(({ name }) => name === container)
  return isJsonObject(found?.state) ? found.state : {}
}

const objects = (list: Json | undefined): JsonObject[] =>
  Array.isArray(list) ? list.filter(isJsonObject) : []
