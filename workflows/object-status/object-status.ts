import type { ObjectStatus } from '../../src/model/object-status.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunState } from '../state.ts'
import { executionStatus } from './execution.ts'
import { jobListStatus } from './job-list.ts'
import { pipelineRunStatus } from './pipeline-run.ts'
import { taskStatus } from './task.ts'

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
