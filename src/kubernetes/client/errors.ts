import { isJsonObject, type JsonObject } from '../../lib/json.ts'

/** One thing that is wrong with an object; `field` may be empty. */
export interface KubeCause {
  field: string
  /** `FieldValueInvalid`, `FieldValueRequired` … */
  reason: string
  message: string
}

/** An answer of the API server that is no success, as its Status object tells it. */
export class KubeError extends Error {
  /** HTTP status. */
  readonly status: number
  /** `AlreadyExists`, `NotFound`, `Invalid`, `Conflict`, `Forbidden`, `Expired` … */
  readonly reason: string
  /** What the Status says of the object that was meant: its name, group, kind. */
  readonly details: JsonObject
  readonly causes: KubeCause[]
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, body: JsonObject, fallback = `HTTP ${status}`, retryAfterSeconds?: number) {
    super(typeof body.message === 'string' && body.message !== '' ? body.message : fallback)
    this.name = 'KubeError'
    this.status = status
    this.reason = typeof body.reason === 'string' && body.reason !== '' ? body.reason : `HTTP${status}`
    this.details = isJsonObject(body.details) ? body.details : {}
    this.causes = causesOf(this.details)
    const { retryAfterSeconds: inBody } = this.details
    this.retryAfterSeconds = typeof inBody === 'number' && inBody > 0 ? inBody : retryAfterSeconds
  }
}

function causesOf({ causes }: JsonObject): KubeCause[] {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return (Array.isArray(causes) ? causes : []).filter(isJsonObject).map(({ field, reason, message }) => ({
    // The server writes <nil> where a rule is about the object as a whole.
    field: field === '<nil>' ? '' : text(field),
    reason: text(reason),
    message: text(message),
  }))
}

/** The API server could not be asked, or did not answer in time: what was asked may or may not have happened. */
export class KubeUnreachable extends Error {
  override readonly name = 'KubeUnreachable'
}

/** As much of a proxy's error page as tells what it is. */
const MAX_FOREIGN_TEXT = 200

/** `body` is whatever came: a Status object, or the text of a proxy in between. */
export function toKubeError(status: number, body: string, retryAfter?: string): KubeError {
  const seconds = Number(retryAfter ?? Number.NaN)
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined
  try {
    const parsed: unknown = JSON.parse(body)
    if (isJsonObject(parsed)) return new KubeError(status, parsed, undefined, retryAfterSeconds)
  } catch {
    // Not JSON: a proxy, an API server that is just coming up, or a path that it does not know.
  }
  const text = body.trim().slice(0, MAX_FOREIGN_TEXT)
  return new KubeError(status, {}, text === '' ? undefined : `HTTP ${status}: ${text}`, retryAfterSeconds)
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
  // A token that has just run out is read again for the next call.
  if (error.status === 429 || error.status === 401) return true
  // Two creations that count against one quota at the same moment.
  if (isConflict(error)) return true
  if (error.status === 403) return error.message.includes('exceeded quota')
  // A webhook that cannot be reached answers 500 as well, and comes back.
  return error.status >= 500
}
