import { fnv1a } from '../expressions/dns-name.ts'
import { AppError } from '../operations/app-error.ts'

const CHECK_DIGITS = 8

/**
 * Temporal's page token as text for a URL, with a checksum over token and query. The store reports a broken
 * token as a failure that its client retries, and silently accepts a token of another query.
 */
export function encodeCursor(token: Uint8Array, query: string): string {
  const text = Buffer.from(token).toString('base64url')
  return `${fnv1a(`${query}\n${text}`)}${text}`
}

/** AppError `invalid` when the text is not a cursor of this query. */
export function decodeCursor(cursor: string, query: string): Uint8Array {
  const token = Buffer.from(cursor.slice(CHECK_DIGITS), 'base64url')
  if (token.length > 0 && encodeCursor(token, query) === cursor) return token
  const message =
    'cursor: not a cursor of this list. Use `next` of the previous page with the same filter, or omit it.'
  throw new AppError('invalid', message, {
    issues: [{ document: 0, path: 'cursor', rule: 'cursor', message }],
  })
}
