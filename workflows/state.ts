/**
 * What a run knows of itself: plain JSON, changed by `apply` alone.
 *
 * `nodes` holds one entry per Job-shaped vertex. A fleet is unknown in width until its cluster nodes are listed;
 * then it is replaced by one member per cluster node, and `fleets` remembers which. From there on a member is a
 * node like any other, so retries, cancel and status have one path.
 */
import { isDeferred, type JobBody, type JobNode, type Plan, type RetryPolicy } from '../src/plan/plan.ts'
import type { Outcome } from './outcome.ts'
import type { NodePhase, RunPhase } from './status.ts'

export interface RunState {
  /** Milliseconds since 1970, by the workflow's clock, like every `…At` of this file. */
  startedAt: number
  endedAt?: number
  nodes: Record<string, NodeState>
  fleets: Record<string, FleetState>
  /** Bodies of deferred jobs that have been found, by their key in the plan. */
  found: Record<string, JobBody>
  /** Keys of deferred jobs that are being asked for. */
  asked: string[]
  cancel?: 'requested' | 'deleting' | 'done'
  /** Set once, by `finish`. */
  phase?: Exclude<RunPhase, 'Pending' | 'Running'>
  message?: string
}

export interface NodeState {
  id: string
  needs: string[]
  /** Key into `plan.jobs`. */
  job: string
  objectName: string
  retry: RetryPolicy
  phase: NodePhase
  attempts: AttemptState[]
  message?: string
  /** The fleet it is a member of, and the cluster node it is pinned to. */
  fleet?: string
  clusterNode?: string
  /** A failed attempt is to be followed by another, not before this time. */
  retryAt?: number
  /** The timer for `retryAt` is set. */
  sleeping?: boolean
}

export interface AttemptState {
  number: number
  startedAt: number
  endedAt?: number
  outcome?: Outcome
}

export interface FleetState {
  phase: 'waiting' | 'listing' | 'open'
  needs: string[]
  members: string[]
}

export function initialState(plan: Plan, now: number): RunState {
  const state: RunState = { startedAt: now, nodes: {}, fleets: {}, found: {}, asked: [] }
  for (const node of plan.nodes) {
    if (node.type === 'fleet') {
      state.fleets[node.id] = { phase: 'waiting', needs: node.needs, members: [] }
    } else {
      state.nodes[node.id] = jobNodeState(node)
    }
  }
  return state
}

export function jobNodeState(node: JobNode): NodeState {
  const { id, needs, job, objectName, retry } = node
  return { id, needs, job, objectName, retry, phase: 'Pending', attempts: [] }
}

/** The body of a node, or undefined while its JobTemplate is missing. */
export function bodyOf(plan: Plan, state: RunState, key: string): JobBody | undefined {
  const job = plan.jobs[key]
  return job && !isDeferred(job) ? job : own(state.found, key)
}

/** An author may name a flow `constructor`: what every object inherits is no entry of a record. */
export const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

export const lastAttempt = (node: NodeState): AttemptState | undefined => node.attempts.at(-1)

export const isFinal = (phase: NodePhase): boolean => phase !== 'Pending' && phase !== 'Running'
