import { attemptName } from '../../src/model/object-names.ts'
import type {
  Cluster,
  ContainerState,
  PipelineCondition,
  PipelineRunStatus,
} from '../../src/model/object-status.ts'
import type { StepEnd } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import {
  type AttemptState,
  isJob,
  isService,
  type JobNodeState,
  lastAttempt,
  nodesOf,
  type RunState,
} from '../state.ts'

export function pipelineRunStatus(plan: Plan, state: RunState): PipelineRunStatus {
  const nodes = nodesOf(state)
  const build = nodes.find(isJob)
  const ended = state.endedAt === undefined ? undefined : new Date(state.endedAt).toISOString()
  const transition = ended ?? new Date(state.startedAt).toISOString()
  return {
    conditions: [{ ...condition(plan, state), lastTransitionTime: transition }],
    startTime: new Date(state.startedAt).toISOString(),
    ...(ended === undefined ? {} : { completionTime: ended }),
    ...(build && !plan.cancelled ? batchStatus(plan, build) : {}),
    ...(nodes.some(isService) ? { cluster: streamCluster(plan) } : {}),
  }
}

/** The condition always names the cause of an end. */
function condition(plan: Plan, state: RunState): PipelineCondition {
  const nodes = nodesOf(state)
  const message = state.message ?? nodes.find((node) => node.message !== undefined)?.message ?? ''
  // The format requires status False when the Pipeline has expired.
  if (plan.cancelled) return { type: 'Cancelled', status: 'False', ...plan.cancelled }
  if (state.phase === 'Cancelled') return { type: 'Cancelled', status: 'True', reason: 'Cancelled', message }
  if (state.phase === 'Succeeded') return { type: 'Succeeded', status: 'True', reason: 'success!', message }
  if (state.phase === 'Failed')
    return { type: 'Succeeded', status: 'False', reason: failureReason(state), message }
  const services = nodes.filter(isService)
  if (services.length > 0 && services.every(({ ready }) => ready))
    return { type: 'Succeeded', status: 'True', reason: 'success!', message: 'deploy & svc created.' }
  const isRetried = nodes.some(
    (node) => isJob(node) && (node.retryAt !== undefined || node.attempts.length > 1),
  )
  return { type: 'Succeeded', status: 'Unknown', reason: isRetried ? 'BuildRetry' : 'Pending', message }
}

function failureReason(state: RunState): string {
  const outcome = nodesOf(state).flatMap((node) => lastAttempt(node)?.outcome ?? [])[0]
  if (outcome?.type === 'timedOut') return 'BuildTimeout'
  if (outcome?.type === 'refused') return 'BuildValidationFailed'
  return outcome?.reason ?? 'BuildExecuteFailed'
}

function batchStatus({ namespace }: Plan, node: JobNodeState): Partial<PipelineRunStatus> {
  const attempt = lastAttempt(node)
  if (!attempt) return {}
  const nameOf = ({ number }: AttemptState): string => attemptName(node.objectName, number)
  const steps = attempt.outcome?.steps ?? []
  return {
    stepStates: steps.map(containerState),
    stepsCompleted: steps
      .filter(({ phase }) => phase === 'Succeeded' || phase === 'Failed')
      .map(({ name, container }) => container ?? name),
    cluster: { namespace, buildName: nameOf(attempt) },
    retryStatus: {
      retryCount: node.attempts.length - 1,
      historyBuild: node.attempts.slice(0, -1).map((each) => ({ namespace, buildName: nameOf(each) })),
    },
  }
}

function containerState({ phase, exitCode, reason, message, startedAt, endedAt }: StepEnd): ContainerState {
  const started = startedAt === undefined ? {} : { startedAt }
  if (phase === 'Running') return { running: started }
  if (phase === 'Succeeded' || phase === 'Failed') {
    const why = reason === undefined ? {} : { reason }
    const finished = endedAt === undefined ? {} : { finishedAt: endedAt }
    return { terminated: { exitCode: exitCode ?? 0, ...why, ...started, ...finished } }
  }
  return { waiting: { reason: reason ?? 'PodInitializing', ...(message === undefined ? {} : { message }) } }
}

function streamCluster({ namespace, nodes }: Plan): Cluster {
  const services = nodes.flatMap((node) => (node.type === 'service' ? [node] : []))
  return {
    namespace,
    deploymentNames: services.map(({ objectName }) => objectName),
    serviceNames: services.map(({ serviceName }) => serviceName),
  }
}
