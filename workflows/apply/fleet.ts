import { clusterNodeJobName } from '../../src/model/object-names.ts'
import type { Plan } from '../../src/model/plan.ts'
import { jobNodeState, type NodeState, type RunState } from '../state.ts'

/** Fixes the members of a fleet: a cluster node that joins or leaves later changes nothing. */
export function openFleet(plan: Plan, state: RunState, id: string, clusterNodes: string[]): void {
  const node = plan.nodes.find((one) => one.id === id)
  const fleet = state.fleets[id]
  if (node?.type !== 'fleet' || fleet?.phase !== 'listing') return
  fleet.phase = 'open'
  fleet.members = clusterNodes.filter((name) => !node.exclude.includes(name)).sort()
  const members: Record<string, NodeState> = {}
  for (const clusterNode of fleet.members) {
    const { needs, job, retry, apiAccess } = node
    const objectName = clusterNodeJobName(node.namePrefix, clusterNode)
    const member = jobNodeState({
      type: 'job',
      id: clusterNode,
      needs,
      job,
      retry,
      objectName,
      ...(apiAccess ? { apiAccess } : {}),
    })
    members[clusterNode] = { ...member, fleet: id, clusterNode }
  }
  state.nodes = { ...state.nodes, ...members }
}
