import type { RunStatus } from '../../src/model/run-status.ts'
import type { Env } from './env.ts'
import type { ExpectedRun } from './expected.ts'
import type { Random } from './random.ts'
import type { SideEffectLog } from './side-effect-log.ts'

/** One failure that is injected while runs are open. */
export interface Fault {
  name: string
  about: string
  /** Runs for this fault alone, beside the load. They write to `log`. */
  runs?(log: SideEffectLog): ExpectedRun[]
  /** Prepares the cluster before the first run is posted. */
  before?(round: Round): Promise<void>
  /** Resolves when the failure is over, with what it measured. */
  inject(round: Round): Promise<Figure[] | undefined>
  /** Always called after `inject`, even if that failed. */
  recover?(round: Round): Promise<Figure[] | undefined>
  /** It may cost attempts, which the plan's retries must replace. */
  losses?: true
  /** It takes minutes: not for the short suite. */
  long?: true
}

/** A measured time and its limit. */
export interface Figure {
  name: string
  ms: number
  limitMs: number
}

/** Runs that are open together in a namespace of their own, with what faults need to reach them. */
export interface Round {
  env: Env
  random: Random
  namespace: string
  log: SideEffectLog
  /** By name of the run, once the run is accepted. */
  ids: Map<string, string>
  statusOf(name: string): Promise<RunStatus | undefined>
  /** Number of lines in the side-effect log. One more means that a container has started. */
  lines(): number
}
