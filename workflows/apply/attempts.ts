import type { Json } from '../../src/lib/json.ts'
import { own } from '../../src/lib/json.ts'
import type { Attempt } from '../../src/model/attempt.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import { isFinal } from '../../src/model/phase.ts'
import { type Plan, retryOf } from '../../src/model/plan.ts'
import type { Event } from '../event.ts'
import {
  type AttemptState,
  isJob,
  type JobNodeState,
  jobNodeState,
  lastAttempt,
  type NodeState,
  type RunState,
} from '../state.ts'
import { inputOf } from '../turn.ts'
import { decideRetry } from './retry.ts'

export function attemptStarted(
  plan: Plan,
  state: RunState,
  attempt: Attempt,
  at: number,
  inBlock?: true,
): void {
  const { node: id, number, fromStep } = attempt
  // The failure handler is not a node of the graph. It is added to the nodes when it starts.
  if (plan.onFailure?.id === id && !own(state.nodes, id))
    state.nodes = { ...state.nodes, [id]: jobNodeState(plan.onFailure) }
  const node = own(state.nodes, id)
  if (!node || !isJob(node) || isFinal(node.phase)) return
  takeInput(plan, state, node)
  node.phase = 'Running'
  node.attempts.push({
    number,
    startedAt: at,
    ...(fromStep ? { fromStep } : {}),
    ...(inBlock ? { inBlock } : {}),
  })
  clearRetry(node)
}

export function takeInput(plan: Plan, state: RunState, node: NodeState): void {
  if (plan.dataflow) node.input ??= inputOf(state, node, plan.dataflow.input)
}

export function attemptEnded(
  plan: Plan,
  state: RunState,
  id: string,
  number: number,
  outcome: Outcome,
  at: number,
): void {
  const node = state.nodes[id]
  const attempt = node && lastAttempt(node)
  if (!node || !isJob(node) || attempt?.number !== number || attempt.outcome) return
  // While the run is closing, a lost Job is one that we deleted.
  if (state.closing && outcome.type === 'lost') return
  attempt.outcome = outcome
  attempt.endedAt = at
  if (outcome.type === 'succeeded') {
    node.phase = 'Succeeded'
    const output = recordedBy(attempt, outcome) ?? outcome.output
    if (output !== undefined) node.output = output
    delete node.message
    return
  }
  const outcomes = node.attempts.flatMap((one) => one.outcome ?? [])
  const decision = decideRetry(retryOf(plan, node), outcomes)
  const text = outcome.message ?? outcome.reason ?? outcome.type
  if (decision.retry && !state.closing) {
    node.phase = 'Pending'
    node.retryAt = at + decision.delayMs
    node.message = `${text}; ${decision.because}`
  } else {
    node.phase = outcome.type === 'cancelled' ? 'Cancelled' : 'Failed'
    node.message = text
    // Deleting the run object cancels the run.
    if (outcome.type === 'cancelled') state.closing ??= { as: 'Cancelled', message: text, step: 'requested' }
  }
}

/** Kubernetes may have retried by itself: the output of a pod that then failed does not count. */
function recordedBy({ recorded }: AttemptState, { pod }: Outcome): Json | undefined {
  const isOther = recorded?.pod !== undefined && pod !== undefined && recorded.pod !== pod
  return isOther ? undefined : recorded?.output
}

/** Only output of the current attempt counts. */
export function outputRecorded(
  state: RunState,
  { node: id, attempt: number, output, pod }: Extract<Event, { type: 'outputRecorded' }>,
): void {
  const node = own(state.nodes, id)
  const attempt = node && lastAttempt(node)
  if (!node || attempt?.number !== number) return
  attempt.recorded = pod === undefined ? { output } : { output, pod }
  // The end of the Job may arrive before the output that its pod sent earlier.
  if (node.phase !== 'Succeeded' || !attempt.outcome) return
  const counted = recordedBy(attempt, attempt.outcome)
  if (counted !== undefined) node.output = counted
}

export function slept(state: RunState, id: string): void {
  const node = state.nodes[id]
  if (node && isJob(node)) clearRetry(node)
}

export function clearRetry(node: JobNodeState): void {
  delete node.retryAt
  delete node.sleeping
}
