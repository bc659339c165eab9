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
  /** The source of downloads. Default: as the environment says. */
  downloads?: Downloads
}

/**
 * Ensures that the programs exist, in the cheapest way: from PATH, from the cache, as an official release, or built
 * here. Each release is decided separately, so etcd may be on PATH and Kubernetes downloaded. All programs of one
 * release come from one place.
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
