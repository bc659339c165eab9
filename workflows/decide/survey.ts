import { isService, type NodeState, nodesOf, type RunState } from '../state.ts'

/** The nodes by phase, in plan order, collected in one pass: a run may have ten thousand. */
export interface Survey {
  pending: readonly NodeState[]
  running: readonly NodeState[]
  failed: readonly NodeState[]
  /** Nodes that may become ready: pending ones, and services, which may do so repeatedly. */
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
