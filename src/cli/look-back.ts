import type { Client } from '@temporalio/client'
import type { Log } from '../log.ts'
import { retryForgotten } from '../temporal/retry-forgotten.ts'

/** After the start: what died with the worker before may have been begun a moment ago, and is only then overdue. */
const FIRST_LOOKS_MS = [1_000, 7_000, 13_000]
/** Later: a task that Temporal has handed out and nobody has got, as when a connection breaks. */
const EVERY_MS = 10_000
/** Of each open run a look costs Temporal a call: fifty in a second are few beside what it does anyway. */
const PER_RUN_MS = 20

/** A worker looks after attempts that another one has left half done, or that were lost on their way to one. */
export function lookBack(client: Client, log: Log): { stop(): void } {
  let stopped = false
  let timer: NodeJS.Timeout
  let looks = 0
  const look = async (): Promise<void> => {
    let open = 0
    try {
      const found = await retryForgotten(client, () => stopped)
      open = found.open
      if (found.retried > 0)
        log('info', 'attempts that no worker works on are tried again', { count: found.retried })
    } catch (error) {
      if (!stopped) log('warn', 'could not look for attempts that no worker works on', { error })
    }
    looks += 1
    const first = (FIRST_LOOKS_MS[looks] ?? 0) - (FIRST_LOOKS_MS[looks - 1] ?? 0)
    if (!stopped)
      timer = setTimeout(() => void look(), Math.max(first > 0 ? first : EVERY_MS, open * PER_RUN_MS))
  }
  timer = setTimeout(() => void look(), FIRST_LOOKS_MS[0])
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
