import { jsonBytes, own } from '../../src/lib/json.ts'
import type { Plan } from '../../src/model/plan.ts'
import { type NodeState, nodesOf, type RunState } from '../state.ts'
import { takeInput } from './attempts.ts'

export function chosen(plan: Plan, state: RunState, id: string, next: string | undefined): void {
  const node = own(state.nodes, id)
  if (node?.type !== 'branch') return
  takeInput(plan, state, node)
  if (next === undefined) {
    node.phase = 'Failed'
    node.message = 'no condition holds for its input'
    return
  }
  node.phase = 'Succeeded'
  node.chosen = next
  node.message = `chose ${next}`
  node.output = node.input ?? {}
}

export function opened(plan: Plan, state: RunState, id: string): void {
  const node = own(state.nodes, id)
  if (node?.type !== 'parallel') return
  takeInput(plan, state, node)
  node.phase = 'Running'
}

/** The output of a parallel holds the output of each child under the child's id. */
export function parallelClosed(state: RunState, id: string): void {
  const node = own(state.nodes, id)
  if (node?.type !== 'parallel') return
  const children = nodesOf(state).filter(({ parent }) => parent === id)
  for (const child of children) if (child.phase === 'Pending') skip(state, child)
  const failed = children.filter(({ phase }) => phase === 'Failed')
  node.phase = failed.length > 0 ? 'Failed' : 'Succeeded'
  if (failed.length > 0) {
    node.message = `failed nodes: ${failed.map((child) => child.id).join(', ')}`
    return
  }
  const output = Object.fromEntries(
    children.flatMap((child) => (child.output === undefined ? [] : [[child.id, child.output]])),
  )
  const bytes = jsonBytes(output)
  if (bytes <= MAX_MERGED_BYTES) node.output = output
  else {
    node.phase = 'Failed'
    node.message = `the outputs of its nodes have ${bytes} bytes in total; the limit is ${MAX_MERGED_BYTES}`
  }
}

/** The merged output must fit into one Temporal payload, whose limit is 2 MiB. */
const MAX_MERGED_BYTES = 1024 * 1024

/** Neither the node nor anything within it will start. */
function skip(state: RunState, node: NodeState): void {
  node.phase = 'Skipped'
  node.message = notReached
  if (node.type !== 'parallel') return
  for (const child of nodesOf(state))
    if (child.parent === node.id && child.phase === 'Pending') skip(state, child)
}

export const notReached = 'never started: nothing led to it'
