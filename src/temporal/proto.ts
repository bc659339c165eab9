import type { WorkflowExecutionStatusName } from '@temporalio/client'
import proto from '@temporalio/proto'

/** The enums of Temporal's API, by name. */
export const enums = proto.temporal.api.enums.v1

/** The client names the statuses that it has read itself, but not those in a raw list. */
const statusNames: Record<number, WorkflowExecutionStatusName> = {
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED]: 'UNSPECIFIED',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING]: 'RUNNING',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'COMPLETED',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED]: 'FAILED',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'CANCELLED',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'TERMINATED',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW]: 'CONTINUED_AS_NEW',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'TIMED_OUT',
  [enums.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED]: 'PAUSED',
}

export const statusName = (code: number | null | undefined): WorkflowExecutionStatusName =>
  statusNames[code ?? 0] ?? 'UNKNOWN'

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
