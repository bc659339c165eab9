import type { Json } from '../lib/json.ts'
import type { ObjectStatus } from './object-status.ts'
import type { Outcome, OutcomeType, StepEnd } from './outcome.ts'
import type { NodePhase, RunPhase } from './phase.ts'

export interface NodeStatus {
  id: string
  type: string
  phase: NodePhase
  message?: string
  needs: string[]
  /** Id of its parallel node. */
  parent?: string
  attempts: AttemptStatus[]
  /** Its input, if the plan has a dataflow. */
  input?: Json
  /** Its output: recorded by its job over HTTP, or its termination message. */
  output?: Json
}

export interface AttemptStatus {
  number: number
  phase: NodePhase
  outcome?: OutcomeType
  exitCode?: number
  reason?: string
  message?: string
  startedAt?: string
  endedAt?: string
  /** The Kubernetes object of this attempt. */
  object: { kind: 'Job' | 'Deployment'; namespace: string; name: string }
  pod?: string
  clusterNode?: string
  /** Only for a sequence: the steps of this attempt, in order. */
  steps?: StepEnd[]
  /** Only for a service. */
  replicas?: { wanted: number; ready: number }
}

export interface RunStatus {
  /** The Temporal workflow id: `<kind>/<namespace>/<name>/<first 8 of uid>`. */
  id: string
  kind: string
  namespace: string
  name: string
  phase: RunPhase
  message?: string
  startedAt: string
  endedAt?: string
  nodes: NodeStatus[]
  warnings: string[]
  /** The status in its Kubernetes object, in the words of its kind. */
  objectStatus: ObjectStatus
}

/** The attempt fields of an outcome. Has the cluster's times only if both are known. */
export function endOf({
  type,
  startedAt,
  endedAt,
  output: _,
  ...facts
}: Outcome): Partial<AttemptStatus> & { phase: NodePhase } {
  const times = startedAt !== undefined && endedAt !== undefined ? { startedAt, endedAt } : {}
  return { phase: outcomePhase(type), outcome: type, ...facts, ...times }
}

function outcomePhase(type: OutcomeType): NodePhase {
  if (type === 'succeeded') return 'Succeeded'
  return type === 'cancelled' ? 'Cancelled' : 'Failed'
}
