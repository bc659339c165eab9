import { own } from '../../src/lib/json.ts'
import { isFinal } from '../../src/model/phase.ts'
import type { Command } from '../command.ts'
import { isJob, lastAttempt, type NodeState, nodesOf, type RunState } from '../state.ts'
import { clearRetry } from './attempts.ts'
import { notReached } from './gates.ts'

export function closed(state: RunState, at: number): void {
  if (!state.closing) return
  state.closing.step = 'done'
  const { message } = state.closing
  for (const node of nodesOf(state)) {
    if (isFinal(node.phase)) continue
    const attempt = lastAttempt(node)
    if (attempt && !attempt.outcome) {
      attempt.outcome = { type: 'cancelled', message }
      attempt.endedAt = at
    }
    const hasStarted = attempt !== undefined || node.phase === 'Running'
    node.phase = hasStarted ? 'Cancelled' : 'Skipped'
    node.message = hasStarted ? message : `never started: ${message}`
  }
}

export function finished(state: RunState, command: Extract<Command, { type: 'finish' }>, at: number): void {
  state.phase = command.phase
  state.endedAt = at
  if (command.message !== undefined) state.message = command.message
  for (const node of nodesOf(state)) {
    if (isFinal(node.phase)) continue
    // A node that is still pending will never run. One that waited for a retry has failed.
    node.phase = node.attempts.length > 0 ? 'Failed' : 'Skipped'
    // The retry that its message announces will not happen: keep only the cause.
    if (node.attempts.length > 0) node.message = lastAttempt(node)?.outcome?.message ?? 'failed'
    node.message ??= neverStarted(state, node)
    if (isJob(node)) clearRetry(node)
  }
}

function neverStarted(state: RunState, { needs, join, parent }: NodeState): string {
  if (state.phase === 'Cancelled') return `never started: ${state.message ?? 'the run was cancelled'}`
  if (join === 'any' || parent !== undefined) return notReached
  const unknown = needs.filter((need) => !own(state.nodes, need) && !own(state.fleets, need))
  if (unknown.length > 0) return `never started: it needs ${unknown.join(', ')}, which does not exist`
  return 'never started: the run failed before its turn'
}
