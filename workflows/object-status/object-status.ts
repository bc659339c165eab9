import type { Plan } from '../../src/model/plan.ts'
import type { RunPhase } from '../../src/model/run-status.ts'
import type { RunState } from '../state.ts'
import { type ExecutionStatus, executionStatus } from './execution.ts'
import { type JobListStatus, jobListStatus } from './job-list.ts'
import { type PipelineRunStatus, pipelineRunStatus } from './pipeline-run.ts'
import { type TaskStatus, taskStatus } from './task.ts'

/** The status of a run in the words of its own kind, as its Kubernetes object carries it. */
export type ObjectStatus = JobListStatus | TaskStatus | PipelineRunStatus | ExecutionStatus

export function toObjectStatus(plan: Plan, state: RunState): ObjectStatus {
  switch (plan.kind) {
    case 'JobFlow':
    case 'DaemonJob':
      return jobListStatus(plan, state)
    case 'Task':
      return taskStatus(state)
    case 'PipelineRun':
      return pipelineRunStatus(plan, state)
    case 'WorkflowExecution':
      return executionStatus(state)
    default:
      return plan.kind satisfies never
  }
}

/** The same when only the phase is known. `kind` in any spelling of case. */
export function bareObjectStatus(kind: string, phase: RunPhase, message: string): ObjectStatus {
  switch (kind.toLowerCase()) {
    case 'task':
      return { status: taskWords[phase], message }
    case 'pipelinerun': {
      if (phase === 'Cancelled')
        return { conditions: [{ type: 'Cancelled', status: 'True', reason: 'Cancelled', message }] }
      const status = { Pending: 'Unknown', Running: 'Unknown', Succeeded: 'True', Failed: 'False' } as const
      return {
        conditions: [
          {
            type: 'Succeeded',
            status: status[phase],
            reason: phase,
            message,
          },
        ],
      }
    }
    case 'workflowexecution':
      return { state: executionWords[phase], message }
    default:
      return { state: stateWords[phase], message, jobStatusList: {} }
  }
}

const taskWords = {
  Pending: '',
  Running: 'Running',
  Succeeded: 'Successful',
  Failed: 'Failure',
  Cancelled: 'Failure',
} as const

const executionWords = {
  Pending: 'scheduled',
  Running: 'running',
  Succeeded: 'success',
  Failed: 'failed',
  Cancelled: 'failed',
} as const

const stateWords = {
  Pending: 'Pending',
  Running: 'Running',
  Succeeded: 'Succeed',
  Failed: 'Failed',
  Cancelled: 'Failed',
} as const
