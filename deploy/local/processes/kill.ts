import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Pids of the processes of which it holds; what ends while it is looked at is none of them. */
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

/** Kills what `find` finds, and looks again until it finds nothing. Gives up in silence after ten seconds. */
export async function killAll(find: () => number[]): Promise<void> {
  const giveUpAt = Date.now() + 10_000
  for (let left = find(); left.length > 0 && Date.now() < giveUpAt; left = find()) {
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It went by itself.
      }
    }
    await sleep(50)
  }
}
