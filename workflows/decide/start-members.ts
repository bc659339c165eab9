import type { Command } from '../event.ts'
import { isJob, type RunState } from '../state.ts'
import { nextAttempt, sleepFor } from './next-attempt.ts'

/** Members of a fleet that one activity creates and awaits. */
export const FLEET_BLOCK = 250

/** All members that can start, in blocks; a member that failed does not stop its sisters. */
export function startMembers(state: RunState, failed: boolean): Command[] {
  if (failed) return []
  return Object.entries(state.fleets).flatMap(([fleet, { members }]): Command[] => {
    const nodes = members
      .flatMap((id) => state.nodes[id] ?? [])
      .filter(isJob)
      .filter(({ phase }) => phase === 'Pending')
    const ready = nodes.filter(({ retryAt }) => retryAt === undefined)
    const job = ready[0]?.job
    const blocks: Command[] = []
    for (let at = 0; job !== undefined && at < ready.length; at += FLEET_BLOCK) {
      const attempts = ready.slice(at, at + FLEET_BLOCK).map(nextAttempt)
      blocks.push({ type: 'startFleet', fleet, attempts, job })
    }
    return [...blocks, ...nodes.flatMap(sleepFor)]
  })
}
