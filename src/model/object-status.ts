import type { RunPhase } from './phase.ts'

/** A WorkflowExecution. The words are those of jobnetes. */
export interface ExecutionStatus {
  state: 'scheduled' | 'running' | 'success' | 'failed'
  message?: string
}

/** A JobFlow or DaemonJob: `state` and `jobStatusList` in the format's own spelling. */
export interface JobListStatus {
  state: 'Pending' | 'Running' | 'Succeed' | 'Failed' | 'Terminating'
  reason?: string
  message?: string
  /** By `<job>/<namespace>`. */
  jobStatusList: Record<string, JobStatusEntry>
}

export interface JobStatusEntry {
  active?: number
  succeeded?: number
  failed?: number
  startTime?: string
  completionTime?: string
  conditions?: { type: string; status: string; reason?: string; message?: string }[]
}

/** A PipelineRun, in the words of its format. */
export interface PipelineRunStatus {
  conditions: PipelineCondition[]
  startTime?: string
  completionTime?: string
  /** Steps of the last attempt, in order. */
  stepStates?: ContainerState[]
  /** Names of the containers that have ended, with any result. */
  stepsCompleted?: string[]
  cluster?: Cluster
  /** Number of started retries, and the attempts before the last. */
  retryStatus?: { retryCount: number; historyBuild: { namespace: string; buildName: string }[] }
}

export interface Cluster {
  namespace: string
  buildName?: string
  deploymentNames?: string[]
  serviceNames?: string[]
}

export interface PipelineCondition {
  type: 'Succeeded' | 'Cancelled'
  status: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
  lastTransitionTime?: string
}

export interface ContainerState {
  waiting?: { reason: string; message?: string }
  running?: { startedAt?: string }
  terminated?: { exitCode: number; reason?: string; startedAt?: string; finishedAt?: string }
}

/** A Task. Until its pod runs, `startAt` and `duration` are absent. */
export interface TaskStatus {
  /** '' until its pod runs. */
  status: '' | 'Running' | 'Successful' | 'Failure'
  /** YYYY-MM-DD HH:MM:SS in UTC. */
  startAt?: string
  /** In Go's format: 31s, 1m30s. Set once the Task has ended. */
  duration?: string
  message?: string
}

/** The status of a run in its Kubernetes object, in the words of its kind. */
export type ObjectStatus = JobListStatus | TaskStatus | PipelineRunStatus | ExecutionStatus

/** The status when only the phase is known. `groupKind` as in a run id. */
export function fallbackObjectStatus(groupKind: string, phase: RunPhase, message: string): ObjectStatus {
  switch (groupKind) {
    case 'task.api.practice.com':
      return { status: taskWords[phase], message }
    case 'pipelinerun.controller.ljchen.net': {
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
    case 'workflowexecution.jobnetes.com':
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
