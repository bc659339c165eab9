import type { Report } from '../report.ts'
import { buildTarget } from './build/build.ts'
import { allIn, cachedRelease } from './cached-programs.ts'
import { type Downloads, downloadReleases, usualDownloads } from './downloads/download-releases.ts'
import { locatePrograms } from './locate-programs.ts'
import type { ProgramName, Programs } from './program.ts'
import { requirePresent } from './require-present.ts'

export interface EnsureOptions {
  report: Report
  signal: AbortSignal
  /** From where, if not as the environment says. */
  downloads?: Downloads
}

/**
 * Has the programs at hand, by what costs least: those on PATH, those that an earlier start has put into the cache, an
 * official release, and what is built here. Each release for itself, so that etcd may be found and Kubernetes
 * downloaded; but never programs of one release from two places.
 */
export async function ensurePrograms<Name extends ProgramName>(
  names: readonly Name[],
  options: EnsureOptions,
): Promise<Programs<Name>> {
  const { found, missing } = await locatePrograms(names, options.signal)
  for (const { because } of missing) if (because) options.report(because)
  requirePresent(missing.flatMap(({ names }) => names))
  await downloadReleases(missing, options.downloads ?? usualDownloads(), options)
  for (const { release, names } of missing) {
    const paths = cachedRelease(release, names) ?? allIn(await buildTarget(release.target, options), names)
    for (const [name, binary] of paths) found.set(name, { binary, argv0: name })
  }
  return Object.fromEntries(found) as Programs<Name>
}
