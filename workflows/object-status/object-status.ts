import type { ObjectStatus } from '../../src/model/object-status.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunState } from '../state.ts'
import { executionStatus } from './execution.ts'
import { jobListStatus } from './job-list.ts'
import { pipelineRunStatus } from './pipeline-run.ts'
import { taskStatus } from './task.ts'

export function toObjectStatus(plan: Plan, state: RunState): ObjectStatus {
  switch (plan.format) {
    case 'jobflow':
    case 'daemonjob':
      return jobListStatus(plan, state)
    case 'task':
      return taskStatus(state)
    case 'pipeline':
      return pipelineRunStatus(plan, state)
    case 'jobnetes':
      return executionStatus(state)
    default:
      return plan.format satisfies never
  }
}
