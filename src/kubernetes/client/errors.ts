import { isJsonObject, type JsonObject } from '../../lib/json.ts'

/** One problem of an object; `field` may be empty. */
export interface KubeCause {
  field: string
  /** `FieldValueInvalid`, `FieldValueRequired` … */
  reason: string
  message: string
}

/** An error response of the API server, from its Status object. */
export class KubeError extends Error {
  /** HTTP status. */
  readonly status: number
  /** `AlreadyExists`, `NotFound`, `Invalid`, `Conflict`, `Forbidden`, `Expired` … */
  readonly reason: string
  /** The object that the Status is about: its name, group and kind. */
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
    // The server writes <nil> when a rule is about the object as a whole.
    field: field === '<nil>' ? '' : text(field),
    reason: text(reason),
    message: text(message),
  }))
}

/** The API server was not reached or did not answer in time. The request may have been carried out. */
export class KubeUnreachable extends Error {
  override readonly name = 'KubeUnreachable'
}

/** Enough of a proxy's error page to recognize it. */
const MAX_FOREIGN_TEXT = 200

/** `body` is a Status object, or the text of a proxy. */
export function toKubeError(status: number, body: string, retryAfter?: string): KubeError {
  const seconds = Number(retryAfter ?? Number.NaN)
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined
  try {
    const parsed: unknown = JSON.parse(body)
    if (isJsonObject(parsed)) return new KubeError(status, parsed, undefined, retryAfterSeconds)
  } catch {
    // Not JSON: from a proxy, an API server that is starting, or an unknown path.
  }
  const text = body.trim().slice(0, MAX_FOREIGN_TEXT)
  return new KubeError(status, {}, text === '' ? undefined : `HTTP ${status}: ${text}`, retryAfterSeconds)
}

const hasReason = (error: unknown, reason: string): boolean =>
  error instanceof KubeError && error.reason === reason

/** The object does not exist. An unknown path (a CRD that is not installed) counts too. */
export const isNotFound = (error: unknown): boolean => error instanceof KubeError && error.status === 404
export const isAlreadyExists = (error: unknown): boolean => hasReason(error, 'AlreadyExists')
export const isConflict = (error: unknown): boolean => hasReason(error, 'Conflict')
/** The resourceVersion is too old to watch or page from: list again. */
export const isExpired = (error: unknown): boolean => error instanceof KubeError && error.status === 410

/** Waits for a call about an object that may be gone already. */
export async function ignoreNotFound(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

/** Whether a retry may help. An exceeded quota passes when other pods end; a refusal by a rule never does. */
export function isTransient(error: unknown): boolean {
  if (error instanceof KubeUnreachable) return true
  if (!(error instanceof KubeError)) return false
  // An expired token is read again for the next call.
  if (error.status === 429 || error.status === 401) return true
  // Two creates that count against one quota at the same moment.
  if (isConflict(error)) return true
  if (error.status === 403) return error.message.includes('exceeded quota')
  // An unreachable webhook gives 500 too, and may come back.
  return error.status >= 500
}
