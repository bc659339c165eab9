import { isJsonObject, type JsonObject } from '../json.ts'

/** An answer of the API server that is no success, as its Status object tells it. */
export class KubeError extends Error {
  /** HTTP status. */
  readonly status: number
  /** `AlreadyExists`, `NotFound`, `Invalid`, `Conflict`, `Forbidden`, `Expired` … */
  readonly reason: string
  /** Field and message of each cause, where the server names them. */
  readonly causes: { field: string; message: string }[]
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, body: JsonObject, fallback: string) {
    super(typeof body.message === 'string' ? body.message : fallback)
    this.name = 'KubeError'
    this.status = status
    this.reason = typeof body.reason === 'string' && body.reason !== '' ? body.reason : `HTTP${status}`
    const details = isJsonObject(body.details) ? body.details : {}
    const causes = Array.isArray(details.causes) ? details.causes.filter(isJsonObject) : []
    this.causes = causes.map(({ field, message }) => ({
      field: String(field ?? ''),
      message: String(message ?? ''),
    }))
    this.retryAfterSeconds =
      typeof details.retryAfterSeconds === 'number' ? details.retryAfterSeconds : undefined
  }
}

/** The API server could not be asked, or did not answer in time. */
export class KubeUnreachable extends Error {
  override readonly name = 'KubeUnreachable'
}

/** `body` is whatever came: a Status object, or the text of a proxy in between. */
export function toKubeError(status: number, body: string): KubeError {
  try {
    const parsed: unknown = JSON.parse(body)
    if (isJsonObject(parsed)) return new KubeError(status, parsed, `HTTP ${status}`)
  } catch {
    // Not JSON: a proxy, or an API server that is just coming up.
  }
  return new KubeError(status, {}, `HTTP ${status}: ${body.slice(0, 200)}`)
}

const hasReason = (error: unknown, reason: string): boolean =>
  error instanceof KubeError && error.reason === reason

/** The object is not there. A path that the server does not know at all (a CRD not installed) counts too. */
export const isNotFound = (error: unknown): boolean => error instanceof KubeError && error.status === 404
export const isAlreadyExists = (error: unknown): boolean => hasReason(error, 'AlreadyExists')
export const isConflict = (error: unknown): boolean => hasReason(error, 'Conflict')
/** The version is too old to watch or page from: list again. */
export const isExpired = (error: unknown): boolean => error instanceof KubeError && error.status === 410

/** Worth the same call again later. A quota passes when other pods end; a refusal by a rule never does. */
export function isTransient(error: unknown): boolean {
  if (error instanceof KubeUnreachable) return true
  if (!(error instanceof KubeError)) return false
  if (error.status === 429 || error.status === 401) return true
  if (error.status === 403) return error.message.includes('exceeded quota')
  // A webhook that cannot be reached answers 500 as well, and comes back.
  return error.status >= 500
}
