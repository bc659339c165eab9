import type { WorkflowExecutionStatusName } from '@temporalio/client'
import type { RunPhase } from '../../../model/phase.ts'

/**
 * The phase of a run, from its execution status. The search attribute tells more about an open run: `Pending`
 * until something could start. A run that cancelled itself (an expired pipeline) has completed, and its
 * attribute is `Cancelled`. All other ends come from the execution status, which cannot lag behind.
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
