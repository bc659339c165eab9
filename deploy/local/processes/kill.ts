import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { patience } from '../slowness.ts'
import { isRunning, nameOf, send } from './process-id.ts'

/** For many containers at once on a busy machine: each pass kills those that were made since. */
const GONE_WITHIN_MS = 10_000
const LOOK_MS = 50

/** Pids of the processes for which `holds` is true. A process that ends meanwhile does not count. */
export function pidsWhere(holds: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return holds(pid)
      } catch {
        return false
      }
    })
}

/** Kills what `find` finds, repeatedly, until it finds nothing. Throws if some of it does not end. */
export async function killAll(find: () => number[], withinMs = GONE_WITHIN_MS): Promise<void> {
  const giveUpAt = performance.now() + patience(withinMs)
  const running = (): number[] => find().filter(isRunning)
  for (let left = running(); left.length > 0; left = running()) {
    if (performance.now() > giveUpAt)
      throw new Error(`These processes still run after SIGKILL: ${left.map(nameOf).join(', ')}`)
    for (const pid of left) send(pid, 'SIGKILL')
    await sleep(LOOK_MS)
  }
}
