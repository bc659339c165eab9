import type { Client } from '@temporalio/client'
import type { Log } from '../log.ts'
import { retryForgotten } from '../temporal/retry-forgotten.ts'
import { repeat } from './repeat.ts'

/** Short enough that what the worker before had just taken costs seconds, though no first look can know it. */
const EVERY_MS = 6_000
/** Of each open run a look costs Temporal a call: fifty in a second are few beside what it does anyway. */
const PER_RUN_MS = 20

/** A worker looks after attempts that another one has left half done, or that were lost on their way to one. */
export function lookBack(client: Client, log: Log): { stop(): void } {
  return repeat(async (isStopped) => {
    try {
      const { open, retried } = await retryForgotten(client, isStopped)
      if (retried > 0) log('info', 'attempts that no worker works on are tried again', { count: retried })
      return Math.max(EVERY_MS, open * PER_RUN_MS)
    } catch (error) {
      if (!isStopped()) log('warn', 'could not look for attempts that no worker works on', { error })
      return EVERY_MS
    }
  }, 1_000)
}
