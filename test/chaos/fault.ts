import type { ExpectedRun } from './expected.ts'
import type { Ground } from './manifests.ts'
import type { Figure, Wave } from './wave.ts'

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
