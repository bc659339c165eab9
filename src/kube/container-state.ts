import { isJsonObject, type Json, type JsonObject } from '../json.ts'

/** `unstarted`: the pod has ended, and this container never ran. */
export type ContainerState = 'waiting' | 'running' | 'ended' | 'unstarted'

/** Where a container of a pod is in its life, init containers included. */
export function containerState({ status }: JsonObject, container: string): ContainerState {
  if (!isJsonObject(status)) return 'waiting'
  const { phase, containerStatuses, initContainerStatuses } = status
  const found = [...objects(containerStatuses), ...objects(initContainerStatuses)].find(
    ({ name }) => name === container,
  )
  const state = isJsonObject(found?.state) ? found.state : {}
  const hasPodEnded = phase === 'Succeeded' || phase === 'Failed'
  if (state.terminated !== undefined) return 'ended'
  // A node that was lost has left it running for ever.
  if (state.running !== undefined) return hasPodEnded ? 'ended' : 'running'
  return hasPodEnded ? 'unstarted' : 'waiting'
}

const objects = (list: Json | undefined): JsonObject[] =>
  Array.isArray(list) ? list.filter(isJsonObject) : []
