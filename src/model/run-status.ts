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
  /** The parallel that it stands in. */
  parent?: string
  attempts: AttemptStatus[]
  /** Where nodes hand data on: what came to it. */
  input?: Json
  /** What it left: recorded by its job over HTTP, or as its termination message. */
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
  /** Of a sequence: the steps of this attempt, in order. */
  steps?: StepEnd[]
  /** Of a service. */
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
  /** The status in the words of the kind itself, as its Kubernetes object carries it. */
  objectStatus: ObjectStatus
}

/** What an outcome says of its attempt. Both ends by the cluster's clock where it told both, else neither. */
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
