import type { Client } from '@temporalio/client'
import type { Log } from '../log.ts'
import { retryForgotten } from '../temporal/retry-forgotten.ts'

/** After the start: what died with the worker before may have been begun a moment ago, and is only then overdue. */
const LOOKS_MS = [1_000, 6_000, 12_000]

/** A worker that starts looks after what the one before it may have left half done. */
export function lookBack(client: Client, log: Log): { stop(): void } {
  let stopped = false
  const look = async (): Promise<void> => {
    try {
      const count = await retryForgotten(client, () => stopped)
      if (count > 0) log('info', 'attempts that a lost worker had taken are tried again', { count })
    } catch (error) {
      if (!stopped) log('warn', 'could not look for attempts of a lost worker', { error })
    }
  }
  const timers = LOOKS_MS.map((ms) => setTimeout(() => void look(), ms))
  return {
    stop() {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
