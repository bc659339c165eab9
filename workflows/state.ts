/**
 * The state of a run: plain JSON, changed by `apply` alone.
 *
 * `nodes` holds one entry per graph node. The width of a fleet is unknown until its cluster nodes are listed.
 * Then one member per cluster node is added, and `fleets` records which. A member is a node like any other,
 * so retries, cancel and status need no special case.
 */

import type { Json } from '../src/lib/json.ts'
import { own } from '../src/lib/json.ts'
import type { Outcome } from '../src/model/outcome.ts'
import type { NodePhase, RunPhase } from '../src/model/phase.ts'
import {
  isDeferred,
  type JobBody,
  type JobNode,
  type Plan,
  type PlanNode,
  type RetryPolicy,
  type SequenceNode,
  type Step,
} from '../src/model/plan.ts'

export interface RunState {
  /** Milliseconds since 1970, by the workflow's clock, like every `…At` of this file. */
  startedAt: number
  endedAt?: number
  /** Replaced, never added to in place, so that `nodesOf` can cache by identity. */
  nodes: Readonly<Record<string, NodeState>>
  fleets: Record<string, FleetState>
  /** Resolved bodies of deferred jobs, by their key in the plan. */
  found: Record<string, JobBody>
  /** Keys of deferred jobs whose template has been requested. */
  asked: string[]
  /** The run ends before its nodes do; its objects are deleted first. */
  closing?: Closing
  /** Set once, by `finish`. */
  phase?: Exclude<RunPhase, 'Pending' | 'Running'>
  message?: string
}

export interface Closing {
  as: 'Cancelled' | 'Failed'
  message: string
  step: 'requested' | 'deleting' | 'done'
}

export type NodeState = JobNodeState | ServiceNodeState | GateNodeState

interface NodeCommon {
  id: string
  needs: string[]
  join?: 'all' | 'any'
  parent?: string
  phase: NodePhase
  attempts: AttemptState[]
  message?: string
  /** In a plan with data flow: its input when it started. */
  input?: Json
  /** Set once it has succeeded. */
  output?: Json
}

export interface JobNodeState extends NodeCommon {
  type: 'job' | 'sequence'
  /** Key into `plan.jobs`. */
  job: string
  objectName: string
  /** Overrides the plan's retry policy. */
  retry?: RetryPolicy
  apiAccess?: true
  /** Only of a sequence. */
  steps?: Step[]
  /** The fleet it is a member of, and the cluster node it is pinned to. */
  fleet?: string
  clusterNode?: string
  /** The attempt after a failed one starts no earlier than this. */
  retryAt?: number
  /** The timer for `retryAt` is set. */
  sleeping?: boolean
}

/** Its only attempt lasts until the run is closed; only its readiness changes. */
export interface ServiceNodeState extends NodeCommon {
  type: 'service'
  objectName: string
  ready: boolean
  /** An activity waits for the next change of `ready`; `turn` counts these activities. */
  watched: boolean
  turn: number
}

/** Decided in the workflow; has no object in the cluster. */
export interface GateNodeState extends NodeCommon {
  type: 'branch' | 'parallel'
  /** The node that a branch has chosen. */
  chosen?: string
}

export interface AttemptState {
  number: number
  startedAt: number
  endedAt?: number
  outcome?: Outcome
  /** Of a sequence: number of steps skipped because an earlier attempt completed them. */
  fromStep?: number
  /** One activity runs it together with others. */
  inBlock?: true
  /** The output that its job recorded over HTTP; the last one counts. */
  recorded?: { output: Json; pod?: string }
}

export interface FleetState {
  phase: 'waiting' | 'listing' | 'open'
  needs: string[]
  members: string[]
}

export function initialState(plan: Plan, now: number): RunState {
  const nodes: Record<string, NodeState> = {}
  const fleets: RunState['fleets'] = {}
  for (const node of plan.nodes) {
    if (node.type === 'fleet') {
      fleets[node.id] = { phase: 'waiting', needs: node.needs, members: [] }
    } else {
      nodes[node.id] = nodeState(node)
    }
  }
  return { startedAt: now, nodes, fleets, found: {}, asked: [] }
}

const lists = new WeakMap<RunState['nodes'], readonly NodeState[]>()

/** All nodes in plan order. Cached: called often per step, and slow to collect from a large record. */
export function nodesOf({ nodes }: RunState): readonly NodeState[] {
  const known = lists.get(nodes)
  if (known) return known
  const list = Object.values(nodes)
  lists.set(nodes, list)
  return list
}

function nodeState(node: Exclude<PlanNode, { type: 'fleet' }>): NodeState {
  switch (node.type) {
    case 'job':
    case 'sequence':
      return jobNodeState(node)
    case 'service': {
      const { type, objectName } = node
      return { ...common(node), type, objectName, ready: false, watched: false, turn: 0 }
    }
    case 'branch':
    case 'parallel':
      return { ...common(node), type: node.type }
    default:
      return node satisfies never
  }
}

export function jobNodeState(node: JobNode | SequenceNode): JobNodeState {
  const { type, job, objectName, retry, apiAccess } = node
  return {
    ...common(node),
    type,
    job,
    objectName,
    ...(retry ? { retry } : {}),
    ...(apiAccess ? { apiAccess } : {}),
    ...(node.type === 'sequence' ? { steps: node.steps } : {}),
  }
}

const common = ({ id, needs, join, parent }: Exclude<PlanNode, { type: 'fleet' }>): NodeCommon => ({
  id,
  needs,
  ...(join ? { join } : {}),
  ...(parent === undefined ? {} : { parent }),
  phase: 'Pending',
  attempts: [],
})

/** The body of a job by its key; undefined while its JobTemplate is missing. */
export function bodyOf(plan: Plan, state: RunState, key: string): JobBody | undefined {
  const job = plan.jobs[key]
  return job && !isDeferred(job) ? job : own(state.found, key)
}

export const isJob = (node: NodeState): node is JobNodeState =>
  node.type === 'job' || node.type === 'sequence'
export const isService = (node: NodeState): node is ServiceNodeState => node.type === 'service'

/** When the attempt after a failed one is due. */
export const retryAtOf = (node: NodeState): number | undefined => (isJob(node) ? node.retryAt : undefined)

export const lastAttempt = (node: NodeState): AttemptState | undefined => node.attempts.at(-1)
