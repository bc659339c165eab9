import { chmodSync, lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runHome } from '../layout.ts'
import { isAlive, ownId, type ProcessId } from '../processes/process-id.ts'
import { namesIn } from '../read-if-exists.ts'

/** The record of a process that wants to own a folder, which one process at a time may do. */
export interface Claim<About> extends ProcessId {
  /** undefined if the process ended before it wrote this, or has not written it yet. */
  about: About | undefined
}

/**
 * Claims a folder. Each process writes a file of its own there, and owns the folder if no other file belongs to a
 * running process. Otherwise it removes its file and returns the other claims. No claim is ever taken over, so two
 * concurrent processes cannot both succeed. At worst neither does, and both try again.
 */
export function claim<About>(folder: string, about: About): { release?(): void; others: Claim<About>[] } {
  const own = ownId()
  const file = join(folder, fileOf(own))
  const others = claimsIn<About>(folder).filter(isAlive)
  // The process's own claim counts too: it cannot claim the folder twice.
  if (others.length > 0) return { others }
  write(folder, file, JSON.stringify(about))
  const came = claimsIn<About>(folder).filter((one) => isAlive(one) && one.pid !== own.pid)
  const release = (): void => {
    rmSync(file, { force: true })
    removeEmpty(folder)
  }
  if (came.length === 0) return { release, others: [] }
  release()
  return { others: came }
}

/** A process that releases a folder removes it, perhaps just before another one writes there. */
function write(folder: string, file: string, text: string): void {
  for (let tries = 1; ; tries += 1) {
    makeOwnFolder(folder)
    try {
      return writeFileSync(file, text, { mode: 0o600 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 10) throw error
    }
  }
}

/** All claims in a folder, including those of processes that were killed. */
export function claimsIn<About>(folder: string): Claim<About>[] {
  return namesIn(folder).flatMap((name) => {
    const [, pid, startTime] = /^(\d+)-(\d*)\.json$/.exec(name) ?? []
    if (pid === undefined || startTime === undefined) return []
    return [{ pid: Number(pid), startTime, about: read<About>(join(folder, name)) }]
  })
}

/** Removes the claim of a process that has ended. */
export function dropClaim(folder: string, id: ProcessId): void {
  rmSync(join(folder, fileOf(id)), { force: true })
}

const fileOf = ({ pid, startTime }: ProcessId): string => `${pid}-${startTime}.json`

/** No other user may write there, because its content is trusted. */
export function makeOwnFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid } = lstatSync(folder)
  if (process.getuid && uid !== process.getuid())
    throw new Error(`${folder} belongs to user ${uid}: remove it, or set TMPDIR to another folder`)
  chmodSync(folder, 0o700)
}

function read<About>(file: string): About | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Removes the folder and its empty parents, up to the folder of all stacks. */
export function removeEmpty(folder: string): void {
  try {
    for (let empty = folder; empty.startsWith(runHome()); empty = dirname(empty)) rmdirSync(empty)
  } catch {
    // Another process has a file there.
  }
}
