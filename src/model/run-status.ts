import type { Json } from '../lib/json.ts'
import type { OutcomeType, StepEnd } from './outcome.ts'

export const runPhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'] as const

export type RunPhase = (typeof runPhases)[number]

/** `Skipped` is final: the node will never run, its message says why. */
export const nodePhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled', 'Skipped'] as const

export type NodePhase = (typeof nodePhases)[number]

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
