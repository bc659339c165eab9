import { existsSync, readdirSync, readlinkSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

/** A file or folder of the cache, and what removing it gives back. */
export interface CacheEntry {
  path: string
  bytes: number
}

/**
 * How long a program is kept that no start uses any more: the way back to the version before, and a second checkout
 * beside this one, must not cost a new build.
 */
const KEPT_UNUSED_MS = 7 * 86_400_000

/**
 * Marks programs as used, and removes from their folder those of other versions that nobody runs and no start has used
 * for a week. `now` is the time of day, as files have it.
 */
export function removeOldPrograms(folder: string, used: readonly string[], now = new Date()): CacheEntry[] {
  for (const path of used) if (existsSync(path)) utimesSync(path, now, now)
  const isRecent = ({ path }: CacheEntry): boolean => now.getTime() - statSync(path).mtimeMs < KEPT_UNUSED_MS
  const old = unusedIn(folder, used).filter((entry) => !isRecent(entry))
  for (const { path } of old) rmSync(path, { recursive: true, force: true })
  return old
}

/** What is in a folder of the cache, but for these, what runs, and what somebody is still writing. */
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

/** What it takes of the disk, in blocks of 512 bytes whatever the disk's own are. */
function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return 0
  const inside = stats.isDirectory() ? entriesIn(path).reduce((sum, { bytes }) => sum + bytes, 0) : 0
  return stats.blocks * 512 + inside
}

/** Programs of all processes that may be looked at. */
function runningPrograms(): Set<string> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return new Set(
    pids.flatMap((pid) => {
      try {
        return [readlinkSync(`/proc/${pid}/exe`)]
      } catch {
        // Of another user, or gone meanwhile.
        return []
      }
    }),
  )
}

/** Unfinished work has the process in its name: as the end of a file, or as a number in that of a folder. */
function isBeingWritten(path: string): boolean {
  const pid = /(?:\.|\.download-|unpacked-)(\d+)(?:-[^/]*)?$/.exec(path)?.[1]
  return pid !== undefined && existsSync(`/proc/${pid}`)
}
