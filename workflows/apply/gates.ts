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

/** What its children have to hand on comes together under their names. */
export function parallelClosed(state: RunState, id: string): void {
  const node = own(state.nodes, id)
  if (node?.type !== 'parallel') return
  const children = nodesOf(state).filter(({ parent }) => parent === id)
  for (const child of children) if (child.phase === 'Pending') skip(state, child)
  const failed = children.filter(({ phase }) => phase === 'Failed')
  node.phase = failed.length > 0 ? 'Failed' : 'Succeeded'
  if (failed.length > 0) {
    node.message = `failed within it: ${failed.map((child) => child.id).join(', ')}`
    return
  }
  const output = Object.fromEntries(
    children.flatMap((child) => (child.output === undefined ? [] : [[child.id, child.output]])),
  )
  const bytes = jsonBytes(output)
  if (bytes <= MAX_MERGED_BYTES) node.output = output
  else {
    node.phase = 'Failed'
    node.message = `the outputs within it have ${bytes} bytes together and may have ${MAX_MERGED_BYTES}`
  }
}

/** What is handed on as one must fit a message of Temporal's, which ends at 2 MiB. */
const MAX_MERGED_BYTES = 1024 * 1024

/** Its turn did not come and will not, nor that of anything within it. */
function skip(state: RunState, node: NodeState): void {
  node.phase = 'Skipped'
  node.message = notReached
  if (node.type !== 'parallel') return
  for (const child of nodesOf(state))
    if (child.parent === node.id && child.phase === 'Pending') skip(state, child)
}

export const notReached = 'never started: nothing led to it'
