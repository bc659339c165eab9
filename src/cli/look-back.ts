import type { Client } from '@temporalio/client'
import type { Log } from '../log.ts'
import { retryForgotten } from '../temporal/retry-forgotten.ts'
import { repeat } from './repeat.ts'

/** What the worker before had just taken is overdue at one of these. */
const FIRST_LOOKS = 5
const FIRST_EVERY_MS = 2_500
/** Later: a task that Temporal has handed out and nobody has got, as when a connection breaks. */
const EVERY_MS = 20_000
/** Of each open run a look costs Temporal a call: ten in a second are nothing beside what it does anyway. */
const PER_RUN_MS = 100
/** A worker is told soon after its start whether it is in charge. */
const NOT_IN_CHARGE_MS = 1_000

/** A worker looks after attempts that another one has left half done, or that were lost on their way to one. */
export function lookBack(client: Client, log: Log, isInCharge: () => boolean): { stop(): void } {
  let looks = 0
  return repeat(async (isStopped) => {
    if (!isInCharge()) return NOT_IN_CHARGE_MS
    looks += 1
    try {
      const { open, retried } = await retryForgotten(client, isStopped)
      if (retried > 0) log('info', 'attempts that no worker works on are tried again', { count: retried })
      return looks < FIRST_LOOKS ? FIRST_EVERY_MS : Math.max(EVERY_MS, open * PER_RUN_MS)
    } catch (error) {
      if (!isStopped()) log('warn', 'could not look for attempts that no worker works on', { error })
      return FIRST_EVERY_MS
    }
  }, 1_000)
}
