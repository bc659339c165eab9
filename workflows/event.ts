import type { Json } from '../src/lib/json.ts'
import type { Outcome, ServiceChange } from '../src/model/outcome.ts'
import type { JobBody } from '../src/model/plan.ts'
import type { Command } from './command.ts'

/** What happened. `at` is in milliseconds since 1970 by the workflow's clock. */
export type Event =
  | { type: 'issued'; command: Command; at: number }
  | { type: 'attemptEnded'; node: string; attempt: number; outcome: Outcome; at: number }
  | { type: 'serviceChanged'; node: string; turn: number; change: ServiceChange; at: number }
  | { type: 'outputRecorded'; node: string; attempt: number; output: Json; pod?: string }
  | { type: 'templateFound'; job: string; body: JobBody }
  | { type: 'clusterNodesListed'; fleet: string; clusterNodes: string[] }
  | { type: 'slept'; node: string }
  | { type: 'cancelRequested'; at: number }
  | { type: 'objectsDeleted'; at: number }
