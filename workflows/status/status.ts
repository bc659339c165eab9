/** The status of a run: the body of `GET /v1/runs/{id}`. */

import { attemptName } from '../../src/model/object-names.ts'
import type { StepEnd } from '../../src/model/outcome.ts'
import type { NodePhase, RunPhase } from '../../src/model/phase.ts'
import { isDeferred, type Plan } from '../../src/model/plan.ts'
import type { RunRef } from '../../src/model/run-id.ts'
import type { AttemptStatus, NodeStatus, RunStatus } from '../../src/model/run-status.ts'
import { endOf } from '../../src/model/run-status.ts'
import { toObjectStatus } from '../object-status/object-status.ts'
import { type AttemptState, isJob, isService, type NodeState, nodesOf, type RunState } from '../state.ts'

/** The status from the run's own state. The reader adds live facts about waiting pods. */
export function toStatus(plan: Plan, state: RunState, run: RunRef, warnings: readonly string[]): RunStatus {
  const nodes = nodesOf(state)
  return {
    id: run.id,
    kind: run.kind,
    namespace: run.namespace,
    name: run.name,
    ...headline(plan, state),
    startedAt: rfc3339(state.startedAt),
    ...(state.endedAt === undefined ? {} : { endedAt: rfc3339(state.endedAt) }),
    nodes: nodes.map((node) => nodeStatus(plan, state, node)),
    warnings: [...warnings],
    objectStatus: toObjectStatus(plan, state),
  }
}

/** The phase of a run and one sentence about it. */
export function headline(plan: Plan, state: RunState): { phase: RunPhase; message?: string } {
  const message = state.message ?? runMessage(plan, state)
  return { phase: runPhase(state), ...(message === undefined ? {} : { message }) }
}

export function runPhase(state: RunState): RunPhase {
  if (state.phase) return state.phase
  const nodes = nodesOf(state)
  const services = nodes.filter(isService)
  if (services.length > 0) return services.every(({ ready }) => ready) ? 'Running' : 'Pending'
  return nodes.some(({ phase }) => phase !== 'Pending') || nodes.some(({ attempts }) => attempts.length > 0)
    ? 'Running'
    : 'Pending'
}

/** What an open run is doing, where its nodes do not show it. */
function runMessage(plan: Plan, state: RunState): string | undefined {
  if (state.closing?.as === 'Cancelled') return 'cancelling: its objects are being deleted'
  if (state.closing) return `${state.closing.message}; its objects are being deleted`
  const nodes = nodesOf(state)
  const failed = nodes.find(({ phase }) => phase === 'Failed')
  const running = failed ? nodes.filter(({ phase }) => phase === 'Running').map(({ id }) => id) : []
  if (failed && running.length > 0) {
    return `${failed.id}: ${failed.message ?? 'failed'}; no new nodes start, waiting for ${running.slice(0, 5).join(', ')} to end`
  }
  return missingTemplates(plan, state)[0]?.message
}

function missingTemplates(plan: Plan, state: RunState): { job: string; message: string }[] {
  return state.asked.flatMap((job) => {
    const deferred = plan.jobs[job]
    if (!deferred || !isDeferred(deferred) || state.found[job]) return []
    return [{ job, message: `not found JobTemplate : ${deferred.templateRef}` }]
  })
}

/** A service that is not ready is shown as Pending, like a waiting pod. */
export const shownPhase = (node: NodeState): NodePhase =>
  isService(node) && node.phase === 'Running' && !node.ready ? 'Pending' : node.phase

export function nodeStatus(plan: Plan, state: RunState, node: NodeState): NodeStatus {
  const waiting =
    node.phase === 'Pending' && isJob(node)
      ? missingTemplates(plan, state).find(({ job }) => job === node.job)
      : undefined
  const message = node.message ?? waiting?.message
  return {
    id: node.id,
    type: node.type,
    phase: shownPhase(node),
    ...(message === undefined ? {} : { message }),
    needs: isJob(node) && node.fleet !== undefined ? [] : node.needs,
    ...(node.parent === undefined ? {} : { parent: node.parent }),
    attempts: node.attempts.map((attempt) => attemptStatus(plan, node, attempt)),
    ...(node.input === undefined ? {} : { input: node.input }),
    ...(node.output === undefined ? {} : { output: node.output }),
  }
}

function attemptStatus(plan: Plan, node: NodeState, attempt: AttemptState): AttemptStatus {
  const { number, outcome } = attempt
  return {
    number,
    phase: 'Running',
    startedAt: rfc3339(attempt.startedAt),
    ...(attempt.endedAt === undefined ? {} : { endedAt: rfc3339(attempt.endedAt) }),
    ...(isJob(node) && node.clusterNode !== undefined ? { clusterNode: node.clusterNode } : {}),
    ...(isJob(node) && node.steps ? { steps: openSteps(node.steps.slice(attempt.fromStep ?? 0)) } : {}),
    ...(outcome ? endOf(outcome) : {}),
    object: objectOf(plan, node, number),
  }
}

function objectOf({ namespace }: Plan, node: NodeState, number: number): AttemptStatus['object'] {
  if (isJob(node)) return { kind: 'Job', namespace, name: attemptName(node.objectName, number) }
  return { kind: 'Deployment', namespace, name: isService(node) ? node.objectName : node.id }
}

/** Steps before anything is known of them. */
const openSteps = (steps: readonly { name: string; container: string }[]): StepEnd[] =>
  steps.map(({ name, container }) => ({
    name,
    ...(container === name ? {} : { container }),
    phase: 'Pending',
  }))

export const rfc3339 = (ms: number): string => new Date(ms).toISOString()
