import { formatGoDuration } from '../../src/expressions/go-duration.ts'
import type { TaskStatus } from '../../src/model/object-status.ts'
import { lastAttempt, nodesOf, type RunState } from '../state.ts'

/** Derived from the last attempt. */
export function taskStatus(state: RunState): TaskStatus {
  const [node] = nodesOf(state)
  const attempt = node && lastAttempt(node)
  const message = state.message ?? node?.message
  const told = message === undefined ? {} : { message }
  if (!attempt) return { status: state.phase ? 'Failure' : '', ...told }
  const startedAt = timeOf(attempt.outcome?.startedAt) ?? attempt.startedAt
  const startAt = new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ')
  if (!state.phase) return { status: 'Running', startAt, ...told }
  const endedAt = timeOf(attempt.outcome?.endedAt) ?? attempt.endedAt ?? startedAt
  const seconds = Math.round(Math.max(0, endedAt - startedAt) / 1_000)
  return {
    status: state.phase === 'Succeeded' ? 'Successful' : 'Failure',
    startAt,
    duration: formatGoDuration(seconds * 1_000),
    ...told,
  }
}

const timeOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text)
