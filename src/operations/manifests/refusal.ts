import type { Issue } from '../../manifests/issue.ts'
import { AppError } from '../app-error.ts'

/** `conflict` when the current state forbids the run, `invalid` when the manifest is wrong. */
export function refusal(issues: Issue[]): AppError {
  const state = ['immutable', 'being-deleted', 'still-ending']
  const [first] = issues
  const isConflict = issues.every(({ rule }) => state.includes(rule))
  const message = issues.length === 1 && first ? first.message : 'The run was refused.'
  return new AppError(isConflict ? 'conflict' : 'invalid', message, { issues })
}
