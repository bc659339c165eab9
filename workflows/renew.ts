import { isService, nodesOf, type RunState } from './state.ts'

/**
 * A run can continue as new only while nothing but services is running: a Job's task token belongs to the
 * execution that issued it, while a service is found again by its name.
 */
export function canRenew(state: RunState): boolean {
  if (state.phase || state.closing) return false
  const nodes = nodesOf(state)
  return nodes.some(isService) && nodes.every((node) => node.phase !== 'Running' || isService(node))
}

/** The state for the next execution, in which no activity waits for a service yet. */
export function renewed(state: RunState): RunState {
  const nodes = Object.entries(state.nodes).map(([id, node]) => [
    id,
    isService(node) ? { ...node, watched: false } : node,
  ])
  return { ...state, nodes: Object.fromEntries(nodes) as RunState['nodes'] }
}
