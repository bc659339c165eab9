import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { runHome } from '../layout.ts'
import { isAlive, ownId, type ProcessId } from '../processes/process-id.ts'

/** What a process wrote down that wants something which one process at a time may have. */
export interface Claim<About> extends ProcessId {
  /** undefined when it ended, or was looked at, before it had written that. */
  about: About | undefined
}

/**
 * Claims a folder. Each process writes a file of its own there, and has the folder when no other file is of a process
 * that still runs; else it takes its file away again and gets those claims. Nothing is ever taken over, so two that
 * come at once cannot both have it: at worst neither has, and each tries again.
 */
export function claim<About>(folder: string, about: About): { release?(): void; others: Claim<About>[] } {
  const own = ownId()
  const file = join(folder, fileOf(own))
  const others = claimsIn<About>(folder).filter(isAlive)
  // Its own counts too: a process that has it does not get it again.
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

/** Whoever leaves a folder removes it, perhaps just before another writes there. */
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

/** All claims in a folder, those of processes that have ended without a word too. */
export function claimsIn<About>(folder: string): Claim<About>[] {
  return list(folder).flatMap((name) => {
    const [, pid, startTime] = /^(\d+)-(\d*)\.json$/.exec(name) ?? []
    if (pid === undefined || startTime === undefined) return []
    return [{ pid: Number(pid), startTime, about: read<About>(join(folder, name)) }]
  })
}

/** Takes away the claim of a process that has ended. */
export function dropClaim(folder: string, id: ProcessId): void {
  rmSync(join(folder, fileOf(id)), { force: true })
}

const fileOf = ({ pid, startTime }: ProcessId): string => `${pid}-${startTime}.json`

/** Nobody else may write there: what stands there is believed. */
export function makeOwnFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid } = lstatSync(folder)
  if (process.getuid && uid !== process.getuid())
    throw new Error(`${folder} belongs to user ${uid}: remove it, or have TMPDIR name another folder`)
  chmodSync(folder, 0o700)
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read<About>(file: string): About | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** With the folders above that hold nothing else, up to the one of all stacks. */
export function removeEmpty(folder: string): void {
  try {
    for (let empty = folder; empty.startsWith(runHome()); empty = dirname(empty)) rmdirSync(empty)
  } catch {
    // Another has something there, or has just put it there.
  }
}
