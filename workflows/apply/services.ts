import { own } from '../../src/lib/json.ts'
import type { ServiceChange } from '../../src/model/outcome.ts'
import { isFinal } from '../../src/model/phase.ts'
import { isService, lastAttempt, type RunState } from '../state.ts'

export function serviceKept(state: RunState, id: string, turn: number, at: number): void {
  const node = own(state.nodes, id)
  if (!node || !isService(node) || isFinal(node.phase)) return
  node.phase = 'Running'
  node.watched = true
  node.turn = turn
  if (node.attempts.length === 0) node.attempts.push({ number: 1, startedAt: at })
}

export function serviceChanged(
  state: RunState,
  id: string,
  turn: number,
  change: ServiceChange,
  at: number,
): void {
  const node = own(state.nodes, id)
  if (!node || !isService(node) || node.turn !== turn || isFinal(node.phase)) return
  node.watched = false
  node.ready = change.type === 'ready'
  delete node.message
  if (change.message !== undefined) node.message = change.message
  const attempt = lastAttempt(node)
  if (!attempt || change.type === 'ready' || change.type === 'unready') return
  const told = change.message === undefined ? {} : { message: change.message }
  attempt.endedAt = at
  attempt.outcome = { type: change.type === 'gone' ? 'cancelled' : 'refused', ...told }
  node.phase = change.type === 'gone' ? 'Cancelled' : 'Failed'
  // Deleting the run object cancels the run.
  if (change.type === 'gone')
    state.closing ??= {
      as: 'Cancelled',
      message: change.message ?? 'the run object was deleted',
      step: 'requested',
    }
}
