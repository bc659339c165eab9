import type { WorkflowExecutionStatusName } from '@temporalio/client'

/** Execution statuses in the order of their protobuf values, from 0. */
const statusNames: readonly WorkflowExecutionStatusName[] = [
  'UNSPECIFIED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
  'PAUSED',
]

export const statusName = (code: number | null | undefined): WorkflowExecutionStatusName =>
  statusNames[code ?? 0] ?? 'UNKNOWN'

/** gRPC status codes. The names are in a package that we do not depend on. */
export const grpcStatus = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** A protobuf timestamp, whose seconds are a 64-bit integer object. */
export interface Timestamp {
  seconds?: { toNumber(): number } | null
  nanos?: number | null
}

/** RFC 3339 UTC with milliseconds. */
export function toIso(time: Timestamp | null | undefined): string | undefined {
  const seconds = time?.seconds?.toNumber()
  return seconds === undefined
    ? undefined
    : new Date(seconds * 1_000 + (time?.nanos ?? 0) / 1e6).toISOString()
}
