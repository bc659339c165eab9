import { AppError } from '../operations/app-error.ts'

/** Temporal's page token as text for a URL; what is in it is the store's business. */
export const encodeCursor = (token: Uint8Array): string => Buffer.from(token).toString('base64url')

/** AppError `invalid` when the text cannot have come from `encodeCursor`. */
export function decodeCursor(cursor: string): Uint8Array {
  const token = Buffer.from(cursor, 'base64url')
  if (token.length === 0 || token.toString('base64url') !== cursor) throw badCursor()
  return token
}

/** Also for a token that the store itself does not take. */
export function badCursor(cause?: unknown): AppError {
  const message = 'This is not a cursor of this list.'
  const advice = 'Use `next` of the page before, unchanged, or leave it out to begin at the newest run.'
  return new AppError('invalid', `${message} ${advice}`, {
    cause,
    issues: [{ document: 0, path: 'cursor', rule: 'cursor', message: `${message} ${advice}` }],
  })
}
