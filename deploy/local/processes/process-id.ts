import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { patience } from '../slowness.ts'

/** Identifies one process: a pid is reused, a pid with its start time is not. */
export interface ProcessId {
  pid: number
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat. */
  startTime: string
}

const LOOK_MS = 50
/** For the kernel to remove a killed process. It takes longer only if a disk or a driver hangs. */
const KILLED_WITHIN_MS = 10_000

export const ownId = (): ProcessId => ({ pid: process.pid, startTime: startTimeOf(process.pid) ?? '' })

export const isAlive = ({ pid, startTime }: ProcessId): boolean => startTimeOf(pid) === startTime

export function recordProcess(pidFile: string, pid: number): void {
  const startTime = startTimeOf(pid)
  if (startTime) writeFileSync(pidFile, JSON.stringify({ pid, startTime }))
}

/** The process of a pid file, if it still is that process. */
export function readProcess(pidFile: string): ProcessId | undefined {
  try {
    const id: ProcessId = JSON.parse(readFileSync(pidFile, 'utf8'))
    return isAlive(id) ? id : undefined
  } catch {
    return undefined
  }
}

/**
 * Resolves when the process has ended. After `graceMs` the signal becomes SIGKILL. Throws if even that does not end
 * it.
 */
export async function endProcess(id: ProcessId, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (await endsAfter(id, signal, graceMs)) return
  if (await endsAfter(id, 'SIGKILL', KILLED_WITHIN_MS)) return
  throw new Error(`${nameOf(id.pid)} still runs after SIGKILL`)
}

/** Sends a signal, and says whether the process ends within the time. */
export async function endsAfter(
  id: ProcessId,
  signal: NodeJS.Signals,
  withinMs: number,
  stop?: AbortSignal,
): Promise<boolean> {
  const giveUpAt = performance.now() + patience(withinMs)
  if (isAlive(id)) send(id.pid, signal)
  while (isAlive(id)) {
    if (performance.now() > giveUpAt) return false
    await sleep(LOOK_MS, undefined, stop ? { signal: stop } : {})
  }
  return true
}

/** The process has ended meanwhile. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** A zombie does not run: only its parent can remove it. */
export const isRunning = (pid: number): boolean => startTimeOf(pid) !== undefined

/** For messages: number and command. */
export function nameOf(pid: number): string {
  try {
    return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`
  } catch {
    return `process ${pid}`
  }
}

/**
 * undefined if there is no such process, or if it is a zombie. A process whose other threads are still ending has not
 * ended: it holds its ports.
 */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may contain spaces: fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' && Number(fields[17]) <= 1 ? undefined : fields[19]
  } catch {
    return undefined
  }
}
