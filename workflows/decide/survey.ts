import { isService, type NodeState, nodesOf, type RunState } from '../state.ts'

/** What is asked of the nodes at every step, found in one pass: a run may have ten thousand. All in their order. */
export interface Survey {
  pending: readonly NodeState[]
  running: readonly NodeState[]
  failed: readonly NodeState[]
  /** What may have its turn: pending nodes, and services, which may have it again and again. */
  candidates: readonly NodeState[]
}

export function surveyOf(state: RunState): Survey {
  const pending: NodeState[] = []
  const running: NodeState[] = []
  const failed: NodeState[] = []
  const candidates: NodeState[] = []
  for (const node of nodesOf(state)) {
    if (node.phase === 'Pending') pending.push(node)
    else if (node.phase === 'Running') running.push(node)
    else if (node.phase === 'Failed') failed.push(node)
    if (node.phase === 'Pending' || isService(node)) candidates.push(node)
  }
  return { pending, running, failed, candidates }
}
