import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheHome } from '../layout.ts'
import { builtTarget } from './build/build.ts'
import type { ProgramName } from './program.ts'
import { architecture, type Release, releases } from './releases.ts'

export type ProgramPaths = ReadonlyMap<ProgramName, string>

/** Folder of downloaded and built programs. */
export const programsFolder = (): string => join(cacheHome(), 'bin')

/** Path of a downloaded program. */
export const downloadedPath = (release: Release, name: ProgramName): string =>
  join(programsFolder(), `${name}-${release.version}-linux-${architecture()}`)

/** The programs of a release that an earlier start has downloaded or built. */
export function cachedRelease(release: Release, names: readonly ProgramName[]): ProgramPaths | undefined {
  const downloaded = new Map(names.map((name) => [name, downloadedPath(release, name)]))
  if ([...downloaded.values()].every((path) => existsSync(path))) return downloaded
  const built = builtTarget(release.target)
  return built ? allIn(built, names) : undefined
}

/** Paths of the programs of this checkout's versions, downloaded or built. */
export const currentPrograms = (): string[] =>
  releases.flatMap((release) => [
    ...release.programs.map((name) => downloadedPath(release, name)),
    ...[builtTarget(release.target) ?? []].flat(),
  ])

/** One binary that contains all these programs. */
export const allIn = (binary: string, names: readonly ProgramName[]): ProgramPaths =>
  new Map(names.map((name) => [name, binary]))
