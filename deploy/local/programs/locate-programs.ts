import type { BuildTarget } from './build/targets.ts'
import { cachedRelease } from './cached-programs.ts'
import { releaseOnPath } from './installed/on-path.ts'
import type { Program, ProgramName } from './program.ts'
import { releases, type WantedPrograms } from './releases.ts'

export interface LocatedPrograms {
  found: Map<ProgramName, Program>
  /** What must be downloaded or built, and why the programs on PATH are not used. */
  missing: (WantedPrograms & { because: string | undefined })[]
}

/** Finds the programs that this machine has: on PATH or in the cache. */
export async function locatePrograms(
  names: readonly ProgramName[],
  signal: AbortSignal,
): Promise<LocatedPrograms> {
  const wanted = releases
    .map((release) => ({ release, names: release.programs.filter((name) => names.includes(name)) }))
    .filter(({ names }) => names.length > 0)
  const looked = await Promise.all(
    wanted.map(async (one) => ({ ...one, onPath: await releaseOnPath(one.release, one.names, signal) })),
  )
  const look: LocatedPrograms = { found: new Map(), missing: [] }
  for (const { release, names, onPath } of looked) {
    const paths = onPath.kind === 'fits' ? onPath.found : cachedRelease(release, names)
    const because = onPath.kind === 'unfit' ? onPath.because : undefined
    if (paths) for (const [name, binary] of paths) look.found.set(name, { binary, argv0: name })
    else look.missing.push({ release, names, because })
  }
  return look
}

/** The targets to build if nothing can be downloaded. */
export async function targetsToBuild(
  names: readonly ProgramName[],
  signal: AbortSignal,
): Promise<BuildTarget[]> {
  const { missing } = await locatePrograms(names, signal)
  return [...new Set(missing.map(({ release }) => release.target))]
}
