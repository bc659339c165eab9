import type { Issue } from '../../manifests/issue.ts'
import { AppError } from '../../operations/app-error.ts'
import { type KubeCause, KubeError, KubeUnreachable } from '../client/errors.ts'

/** Maps an API server error to what our caller can do about it. Other errors are returned unchanged. */
export function toAppError(cause: unknown): unknown {
  if (cause instanceof KubeUnreachable)
    return new AppError('unavailable', 'The Kubernetes API server cannot be reached. Try again.', { cause })
  if (!(cause instanceof KubeError)) return cause
  const { status, message, causes } = cause
  switch (status) {
    case 401:
      return new AppError('unavailable', 'The Kubernetes API server does not accept our credentials.', {
        cause,
      })
    case 403:
      return refusedByPolicy(cause)
    case 404:
      return new AppError('not-found', whatIsMissing(cause), { cause })
    case 409:
      return new AppError('conflict', message, { cause })
    case 413:
      return new AppError('too-large', `Kubernetes cannot store the object: ${message}`, { cause })
  }
  if (status === 429 || status >= 500)
    return new AppError('unavailable', `The Kubernetes API server is temporarily unavailable: ${message}`, {
      cause,
    })
  const issues = causes.map(toIssue)
  return new AppError('refused', `Kubernetes refused the object: ${message}`, { issues, cause })
}

/** Status 403 has three causes: a missing permission, a quota, and a namespace that is being deleted. */
function refusedByPolicy(cause: KubeError): AppError {
  const { message } = cause
  if (message.includes('being terminated')) return new AppError('conflict', message, { cause })
  if (message.includes('exceeded quota'))
    return new AppError('refused', `Kubernetes refused the object: ${message}`, { cause })
  return new AppError('forbidden', `Kubernetes does not allow this: ${message}`, { cause })
}

/** The Status names what is missing: the namespace, the object, or nothing when the kind is unknown. */
function whatIsMissing({ details: { kind, name }, message }: KubeError): string {
  if (typeof name !== 'string' || name === '')
    return `${message}: if Millrace's kinds are not installed in this cluster, run \`millrace install\`.`
  if (kind === 'namespaces')
    return `The namespace "${name}" does not exist: \`kubectl create namespace ${name}\` creates it.`
  return message
}

/** `FieldValueInvalid` → `invalid`, `FieldValueNotSupported` → `not-supported`. */
function toIssue({ field, reason, message }: KubeCause): Issue {
  const words = reason.replace(/^FieldValue/, '').replace(/(?<=[a-z])(?=[A-Z])/g, '-')
  return { document: 1, path: field, rule: words.toLowerCase() || 'refused', message }
}
