import type { Start } from '../../src/model/attempt.ts'
import { BLOCK_MIN } from '../../src/model/limits.ts'
import type { Plan } from '../../src/model/plan.ts'
import { bodyBytes } from '../body-bytes.ts'
import type { Command } from '../event.ts'
import type { JobNodeState, RunState } from '../state.ts'
import { nextAttempt } from './next-attempt.ts'

/** Attempts of one block: a block that another worker takes up is looked through Job by Job. */
export const BLOCK_MAX = 250
/** Of the bodies of a block: a message ends at 2 MiB. */
const BLOCK_BYTES = 1024 * 1024
/** Attempts of their own that are pending at once: the server blocks a run beyond 2,000 activities. */
export const MAX_PENDING = 500

/**
 * The next attempts of nodes whose turn has come: few start each for itself, as far as there is `room`; many start
 * in blocks, of which there are never so many that the server would mind.
 */
export function startAttempts(
  plan: Plan,
  state: RunState,
  ready: readonly JobNodeState[],
  room: number,
  envOf: (node: JobNodeState) => Start['env'] = () => [],
): Command[] {
  const startOf = (node: JobNodeState): Start => ({
    attempt: nextAttempt(node),
    job: node.job,
    env: envOf(node),
  })
  if (ready.length < BLOCK_MIN)
    return ready.slice(0, Math.max(0, room)).map((node) => ({ type: 'startJob', ...startOf(node) }))
  return inBlocks(ready, (key) => bodyBytes(plan, state, key)).map((nodes) => ({
    type: 'startBlock',
    starts: nodes.map(startOf),
  }))
}

function inBlocks(ready: readonly JobNodeState[], bytesOf: (key: string) => number): JobNodeState[][] {
  // As long as each other, so that no block of one is left over.
  const size = Math.ceil(ready.length / Math.ceil(ready.length / BLOCK_MAX))
  const blocks: JobNodeState[][] = []
  let keys = new Set<string>()
  let bytes = 0
  for (const node of ready) {
    const more = keys.has(node.job) ? 0 : bytesOf(node.job)
    const block = blocks.at(-1)
    if (block && block.length < size && bytes + more <= BLOCK_BYTES) {
      block.push(node)
      keys.add(node.job)
      bytes += more
    } else {
      blocks.push([node])
      keys = new Set([node.job])
      bytes = bytesOf(node.job)
    }
  }
  return blocks
}
