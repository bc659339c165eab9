import { status as grpcStatus } from '@grpc/grpc-js'
import { type ConnectionLike, isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client'
import { AppError } from '../operations/app-error.ts'

/**
 * Two seconds for calls that a person waits for among others (a query, a ping), three for reads, five for
 * writes. A write that times out may or may not have happened, so it gets more time.
 */
export const deadlines = {
  queryMs: 2_000,
  pingMs: 2_000,
  readMs: 3_000,
  writeMs: 5_000,
  /** A schedule is a workflow inside the server, which must run it before it can answer. */
  scheduleMs: 8_000,
} as const

/**
 * Runs `fn` under a deadline. Failures that may pass become AppError `unavailable`. The extra timer is needed
 * because the client checks its deadline only between attempts and pauses, which can be seconds late.
 */
export async function callTemporal<T>(
  connection: ConnectionLike,
  timeoutMs: number,
  fn: () => Promise<T>,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(unreachable()), timeoutMs)
  try {
    return await Promise.race([connection.withDeadline(Date.now() + timeoutMs, fn), late])
  } catch (error) {
    throw toAppError(error)
  } finally {
    clearTimeout(timer)
  }
}

const unreachable = (cause?: unknown): AppError =>
  new AppError('unavailable', 'Temporal cannot be reached. Try again.', { cause })

/** Maps expected failures of the service to AppError. Other errors are returned unchanged. */
export function toAppError(error: unknown): unknown {
  if (error instanceof NamespaceNotFoundError) {
    const message = `The Temporal namespace "${error.namespace}" does not exist: create it, or set another one.`
    return new AppError('unavailable', message, { cause: error })
  }
  const failure = grpcFailure(error)
  if (!failure) return error
  const { code, details } = failure
  switch (code) {
    case grpcStatus.UNAVAILABLE:
    case grpcStatus.DEADLINE_EXCEEDED:
    case grpcStatus.CANCELLED:
    case grpcStatus.ABORTED:
      return unreachable(error)
    case grpcStatus.RESOURCE_EXHAUSTED:
      return new AppError('unavailable', `Temporal is overloaded (${details}). Try again.`, { cause: error })
    case grpcStatus.PERMISSION_DENIED:
    case grpcStatus.UNAUTHENTICATED:
      return new AppError('unavailable', 'Temporal refuses our credentials.', { cause: error })
    case grpcStatus.INVALID_ARGUMENT:
      return invalidArgument(details, error)
    default:
      return error
  }
}

function invalidArgument(details: string, error: unknown): unknown {
  if (/search attribute/i.test(details)) {
    const message = `Temporal is not set up for Millrace (${details}): register the search attributes with \`millrace install\`.`
    return new AppError('unavailable', message, { cause: error })
  }
  if (/size exceeds limit/i.test(details)) {
    return new AppError('too-large', `Temporal refuses the run: ${details}`, { cause: error })
  }
  return error
}

export const isNotFound = (error: unknown): boolean => grpcFailure(error)?.code === grpcStatus.NOT_FOUND
/** The change conflicts with another one, or the server has a reason to refuse it. */
export const isRefused = (error: unknown): boolean =>
  grpcFailure(error)?.code === grpcStatus.FAILED_PRECONDITION

/** Code and details of a gRPC failure, also one that the client has wrapped; undefined for other errors. */
function grpcFailure(error: unknown): { code: number; details: string } | undefined {
  if (isGrpcServiceError(error)) return { code: error.code, details: error.details }
  if (error instanceof Error && error.cause !== undefined) return grpcFailure(error.cause)
  return undefined
}
