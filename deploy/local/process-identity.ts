import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process as it may be ended: numbers come round again, a number with its start time does not. */
export interface ProcessIdentity {
  pid: number
  /** Clock ticks between boot and the start of the process. */
  startTime: string
}

/** How often a process that was told to end is looked at. */
const LOOK_EVERY_MS = 20

/** Undefined when there is no such process, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    // The command in brackets may itself hold brackets and spaces: the fields are counted from the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[19]]
    return state === 'Z' || state === 'X' || startTime === undefined ? undefined : { pid, startTime }
  } catch {
    return undefined
  }
}

export function isAlive(known: ProcessIdentity | undefined): known is ProcessIdentity {
  return known !== undefined && identify(known.pid)?.startTime === known.startTime
}

/** Sends the signal if the process is still the one that is meant. */
export function signalProcess(known: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(known)) return
  try {
    process.kill(known.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Resolves to whether it ended in time. */
export async function untilEnded(known: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + timeoutMs
  while (isAlive(known)) {
    if (Date.now() > giveUpAt) return false
    await sleep(LOOK_EVERY_MS)
  }
  return true
}

/** Asks first, and kills what has not ended by then. */
export async function endProcess(known: ProcessIdentity, graceMs: number): Promise<void> {
  signalProcess(known, 'SIGTERM')
  if (await untilEnded(known, graceMs)) return
  signalProcess(known, 'SIGKILL')
  await untilEnded(known, 5_000)
}
