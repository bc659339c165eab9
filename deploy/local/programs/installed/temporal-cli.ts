import { cachedRelease } from '../cached-programs.ts'
import type { EnsureOptions } from '../ensure-programs.ts'
import { releases } from '../releases.ts'
import { temporalOnPath } from './on-path.ts'

/** Temporal's command line, which includes a development server. */
export interface TemporalCli {
  binary: string
  argv0: 'temporal'
}

/** Temporal's command line from PATH, if its development server has a version compatible with ours. */
export async function temporalCliOnPath({ report, signal }: EnsureOptions): Promise<TemporalCli | undefined> {
  const onPath = await temporalOnPath(signal)
  if (onPath.kind === 'fits') return { binary: onPath.found, argv0: 'temporal' }
  // Only a user who has to wait for another server needs the reason.
  if (onPath.kind === 'unfit' && !isCached()) report(onPath.because)
  return undefined
}

const isCached = (): boolean => {
  const release = releases.find(({ programs }) => programs.includes('temporal-server'))
  return release !== undefined && cachedRelease(release, ['temporal-server']) !== undefined
}
