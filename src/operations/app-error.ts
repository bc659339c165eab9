import type { Issue } from '../manifests/issue.ts'

/** What can be wrong with a call, by what the caller can do about it. */
export type ErrorCode =
  | 'invalid' // 422: the request or the manifest breaks a rule; `issues` say which
  | 'not-found' // 404
  | 'conflict' // 409: the current state does not allow it
  | 'precondition' // 412: If-Match does not match
  | 'refused' // 422: the API server did not accept the object
  | 'too-large' // 413
  | 'gone' // 410: it existed and has been removed
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'unavailable' // 503: Temporal or the API server cannot be reached; try again

/** The only error thrown on purpose. `message` is for the caller, `cause` for the log. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly issues: Issue[]

  constructor(code: ErrorCode, message: string, options: { issues?: Issue[]; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.issues = options.issues ?? []
  }
}
