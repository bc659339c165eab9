import type { ExecutionStatus } from '../../src/model/object-status.ts'
import { nodesOf, type RunState } from '../state.ts'

export function executionStatus(state: RunState): ExecutionStatus {
  const told = state.message === undefined ? {} : { message: state.message }
  if (state.phase === 'Succeeded') return { state: 'success' }
  if (state.phase) return { state: 'failed', ...told }
  const isStarted = nodesOf(state).some(({ phase }) => phase !== 'Pending')
  return { state: isStarted ? 'running' : 'scheduled', ...told }
}
