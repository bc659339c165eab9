import { isService, nodesOf, type RunState } from './state.ts'

/**
 * A run can go on in a fresh history while nothing but services is under way: attempts of Jobs are completed by
 * tokens, which belong to the history that gave them, while a service is found again by its name.
 */
export function canRenew(state: RunState): boolean {
  if (state.phase || state.closing) return false
  const nodes = nodesOf(state)
  return nodes.some(isService) && nodes.every((node) => node.phase !== 'Running' || isService(node))
}

/** The state as the next history takes it up: nobody waits for any service any more. */
export function renewed(state: RunState): RunState {
  const nodes = Object.entries(state.nodes).map(([id, node]) => [
    id,
    isService(node) ? { ...node, watched: false } : node,
  ])
  return { ...state, nodes: Object.fromEntries(nodes) as RunState['nodes'] }
}
