import type { RunStatus } from '../../src/model/run-status.ts'
import type { World } from './env.ts'
import type { ExpectedRun } from './expected.ts'
import type { Ground } from './manifests.ts'
import type { Random } from './random.ts'

/** One thing that goes wrong while runs are under way. */
export interface Fault {
  name: string
  about: string
  /** Runs that are about this fault alone, beside the load; `ground` is where they note themselves. */
  runs?(ground: Ground): ExpectedRun[]
  /** What must be there before the first run is posted. */
  before?(wave: Wave): Promise<void>
  /** Lasts as long as the trouble does. What it measured comes back. */
  strike(wave: Wave): Promise<Figure[] | undefined>
  /** Always called after `strike`, also when that has failed. */
  heal?(wave: Wave): Promise<Figure[] | undefined>
  /** Attempts may be lost to it: then the plan's retries must make up for them. */
  losses?: true
  /** It takes minutes by its nature: not for the short form. */
  long?: true
}

/** What was measured, against what is promised. */
export interface Figure {
  name: string
  ms: number
  limitMs: number
}

/** Runs that are under way together in a namespace of their own, and what strikes them. */
export interface Wave {
  world: World
  random: Random
  namespace: string
  ground: Ground
  /** By name of the run, as soon as it is taken. */
  ids: Map<string, string>
  statusOf(name: string): Promise<RunStatus | undefined>
  /** Lines in the ledger; one more means that something moves. */
  lines(): number
}
