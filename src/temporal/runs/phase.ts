import type { WorkflowExecutionStatusName } from '@temporalio/client'
import type { RunPhase } from '../../model/phase.ts'

/**
 * The phase of a run as its execution shows it. An open run says more by its search attribute: `Pending` as
 * long as nothing of it could start. One that cancelled itself (an expired pipeline) has completed, and says so by it. How it ended is the execution's word, which cannot lag behind.
 */
export function phaseOf(status: WorkflowExecutionStatusName, attribute: string | undefined): RunPhase {
  switch (status) {
    case 'COMPLETED':
      return attribute === 'Cancelled' ? 'Cancelled' : 'Succeeded'
    case 'CANCELLED':
      return 'Cancelled'
    case 'FAILED':
    case 'TERMINATED':
    case 'TIMED_OUT':
      return 'Failed'
    case 'RUNNING':
    case 'PAUSED':
    case 'CONTINUED_AS_NEW':
    case 'UNSPECIFIED':
    case 'UNKNOWN':
      return attribute === 'Pending' ? 'Pending' : 'Running'
    default:
      return status satisfies never
  }
}
