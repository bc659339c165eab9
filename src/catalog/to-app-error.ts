import type { Kube } from '../kube/client.ts'
import { isNotFound, KubeError, KubeUnreachable } from '../kube/errors.ts'
import { AppError } from '../operations/app-error.ts'

/** What the API server said, as what our caller can do about it. Everything else is a bug and passes. */
export async function toAppError(kube: Kube, error: unknown, namespace?: string): Promise<unknown> {
  if (error instanceof KubeUnreachable) {
    return new AppError('unavailable', 'The Kubernetes API server cannot be reached; try again.', {
      cause: error,
    })
  }
  if (!(error instanceof KubeError)) return error
  const { status, message } = error
  if (status === 409) return new AppError('conflict', message, { cause: error })
  if (status === 404)
    return new AppError('not-found', await missing(kube, error, namespace), { cause: error })
  if (status === 401 || status === 403) {
    // A namespace on its way out refuses new objects with the same status as a missing right.
    if (message.includes('being terminated')) return new AppError('conflict', message, { cause: error })
    return new AppError('forbidden', `Kubernetes does not allow it: ${message}`, { cause: error })
  }
  if (status === 429 || status >= 500) {
    return new AppError('unavailable', `The Kubernetes API server cannot do it now: ${message}`, {
      cause: error,
    })
  }
  return new AppError('refused', `Kubernetes refuses the object: ${message}`, { cause: error })
}

/** A create that finds nothing has either no namespace or no such kind to go to. */
async function missing(kube: Kube, error: KubeError, namespace: string | undefined): Promise<string> {
  if (namespace === undefined) return error.message
  try {
    await kube.get(`/api/v1/namespaces/${namespace}`)
    return `${error.message}: are Millrace's kinds installed? \`millrace install\` does it`
  } catch (cause) {
    if (!isNotFound(cause)) return error.message
    return `The namespace "${namespace}" does not exist: \`kubectl create namespace ${namespace}\` makes it`
  }
}
