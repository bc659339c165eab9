import type { JobBody, Overlay } from '../src/plan/plan.ts'
import type { Outcome } from './outcome.ts'
import type { RunState } from './state.ts'

/** One try of a node, as far as the cluster must know it. */
export interface Attempt {
  node: string
  number: number
  objectName: string
  /** Pins the pod to this cluster node. */
  clusterNode?: string
}

/** What `decide` wants done; `perform` does one with one activity or timer. */
export type Command =
  | { type: 'startJob'; attempt: Attempt; job: string; env: { name: string; value: string }[] }
  | { type: 'startFleet'; fleet: string; attempts: Attempt[]; job: string }
  | { type: 'findTemplate'; job: string; templateRef: string; overlay: Overlay }
  | { type: 'listClusterNodes'; fleet: string }
  | { type: 'sleep'; node: string; untilMs: number }
  | { type: 'deleteObjects' }
  | { type: 'finish'; phase: NonNullable<RunState['phase']>; message?: string }

/** What happened; `apply` folds one into the state. `at` is milliseconds since 1970 by the workflow's clock. */
export type Event =
  | { type: 'issued'; command: Command; at: number }
  | { type: 'attemptEnded'; node: string; attempt: number; outcome: Outcome; at: number }
  | { type: 'templateFound'; job: string; body: JobBody }
  | { type: 'clusterNodesListed'; fleet: string; clusterNodes: string[] }
  | { type: 'slept'; node: string }
  | { type: 'cancelRequested'; at: number }
  | { type: 'objectsDeleted'; at: number }
