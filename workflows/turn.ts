import type { Json } from '../src/lib/json.ts'
import { own } from '../src/lib/json.ts'
import type { NodeState, RunState } from './state.ts'

/** Whether a pending node is ready to start. */
export function isTurn(state: RunState, node: NodeState): boolean {
  if (node.parent !== undefined && own(state.nodes, node.parent)?.phase !== 'Running') return false
  if (node.join === 'any') return node.needs.some((need) => hasLedTo(state, need, node.id))
  return needsMet(state, node.needs)
}

/** A need names a node or a whole fleet; one that names neither is never met. */
export function needsMet(state: RunState, needs: readonly string[]): boolean {
  return needs.every((need) => {
    const fleet = own(state.fleets, need)
    if (!fleet) return own(state.nodes, need)?.phase === 'Succeeded'
    return fleet.phase === 'open' && fleet.members.every((id) => state.nodes[id]?.phase === 'Succeeded')
  })
}

function hasLedTo(state: RunState, from: string, to: string): boolean {
  const node = own(state.nodes, from)
  if (node?.phase !== 'Succeeded') return false
  return node.type !== 'branch' || node.chosen === to
}

/**
 * The input of a ready node is the output of its predecessor. The first child of a parallel gets the input of
 * the parallel; the first node gets the run's own input.
 */
export function inputOf(state: RunState, node: NodeState, runInput: Json): Json {
  const leader =
    node.join === 'any' ? node.needs.find((need) => hasLedTo(state, need, node.id)) : node.needs[0]
  if (leader !== undefined) return own(state.nodes, leader)?.output ?? {}
  if (node.parent !== undefined) return own(state.nodes, node.parent)?.input ?? {}
  return runInput
}

/** Whether no child is running and none can start. */
export function isSettled(state: RunState, children: readonly NodeState[]): boolean {
  return children.every((child) => {
    if (child.phase === 'Running') return false
    if (child.phase !== 'Pending') return true
    return !isTurn(state, child)
  })
}
