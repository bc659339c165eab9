/** What the world is told about a run: the body of `GET /v1/runs/{id}`. */
import type { OutcomeType } from './outcome.ts'

export const runPhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'] as const
export type RunPhase = (typeof runPhases)[number]

/** `Skipped` is final: the node will never run, its message says why. */
export const nodePhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled', 'Skipped'] as const
export type NodePhase = (typeof nodePhases)[number]

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

export interface NodeStatus {
  id: string
  type: string
  phase: NodePhase
  message?: string
  needs: string[]
  attempts: AttemptStatus[]
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
  object: { kind: 'Job'; namespace: string; name: string }
  pod?: string
  clusterNode?: string
}

/** JobFlow and DaemonJob: `state` and `jobStatusList` with the seed's spellings. */
export interface ObjectStatus {
  state: 'Pending' | 'Running' | 'Succeed' | 'Failed' | 'Terminating'
  reason?: string
  message?: string
  /** Key `<job>/<namespace>`. */
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
