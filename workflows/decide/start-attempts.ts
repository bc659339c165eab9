import type { Start } from '../../src/model/attempt.ts'
import { BLOCK_MIN } from '../../src/model/limits.ts'
import type { Plan } from '../../src/model/plan.ts'
import { bodyBytes } from '../body-bytes.ts'
import type { Command } from '../command.ts'
import type { JobNodeState, RunState } from '../state.ts'
import { nextAttempt } from './next-attempt.ts'

/** Attempts in one block. A worker that takes over a block checks every Job of it. */
export const BLOCK_MAX = 250
/** Bytes of the bodies in one block: the limit of a payload is 2 MiB. */
const BLOCK_BYTES = 1024 * 1024
/** Single attempts pending at once: the server refuses more than 2,000 pending activities of a run. */
export const MAX_PENDING = 500

/**
 * The next attempts of ready nodes. Fewer than `BLOCK_MIN` start singly, at most `room` of them. More start
 * in blocks, so few that they stay far below the server's limit of activities.
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
  // Blocks of equal size, so that none is left with a single attempt.
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
