import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { pidsWhere } from '../processes/kill.ts'
import { linkTarget } from '../read-if-exists.ts'

/** A file or folder of the cache, and the space that removing it frees. */
export interface CacheEntry {
  path: string
  bytes: number
}

/**
 * How long an unused program is kept, so that going back a version, or a second checkout, does not cost a new build.
 */
const KEPT_UNUSED_MS = 7 * 86_400_000

/**
 * Marks programs as used. Removes from their folder the other programs that do not run and that no start has used for
 * a week. `now` is in wall-clock time, like file times.
 */
export function removeOldPrograms(folder: string, used: readonly string[], now = new Date()): CacheEntry[] {
  for (const path of used) if (existsSync(path)) utimesSync(path, now, now)
  const isRecent = ({ path }: CacheEntry): boolean => now.getTime() - statSync(path).mtimeMs < KEPT_UNUSED_MS
  const old = unusedIn(folder, used).filter((entry) => !isRecent(entry))
  for (const { path } of old) rmSync(path, { recursive: true, force: true })
  return old
}

/** What a folder of the cache holds, except these, running programs, and files that are being written. */
export function unusedIn(folder: string, used: readonly string[]): CacheEntry[] {
  const running = runningPrograms()
  return entriesIn(folder).filter(
    ({ path }) => !used.includes(path) && !running.has(path) && !isBeingWritten(path),
  )
}

export function entriesIn(folder: string): CacheEntry[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => ({ path: join(folder, name), bytes: sizeOf(join(folder, name)) }))
}

/** Its size on disk, in blocks of 512 bytes whatever the file system's block size is. */
function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return 0
  const inside = stats.isDirectory() ? entriesIn(path).reduce((sum, { bytes }) => sum + bytes, 0) : 0
  return stats.blocks * 512 + inside
}

/** Programs of all processes that this user may inspect. */
function runningPrograms(): Set<string> {
  return new Set(pidsWhere(() => true).flatMap((pid) => linkTarget(`/proc/${pid}/exe`) ?? []))
}

/** Unfinished work has its pid in the name: as the end of a file's name, or as a number in a folder's name. */
function isBeingWritten(path: string): boolean {
  const pid = /(?:\.|\.download-|unpacked-)(\d+)(?:-[^/]*)?$/.exec(path)?.[1]
  return pid !== undefined && existsSync(`/proc/${pid}`)
}
