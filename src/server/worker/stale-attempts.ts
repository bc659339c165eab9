import type { Client } from '@temporalio/client'
import type { JobInformers } from '../../jobs/tracker/job-informers.ts'
import { waiterKey } from '../../jobs/tracker/tracked-job.ts'
import { repeat } from '../../lib/repeat.ts'
import type { Log } from '../../telemetry/log.ts'
import { type Known, retryForgotten } from '../../temporal/runs/retry-forgotten.ts'

type Watch = Pick<JobInformers, 'attempts' | 'isSynced' | 'waiters'>

/** What the worker before had just taken is overdue at one of these. */
const FIRST_LOOKS = 5
const FIRST_EVERY_MS = 2_500
/** Later: a task that Temporal has handed out and nobody has got, as when a worker dies beside this one. */
const EVERY_MS = 10_000
/** Every so many looks are at all open runs, also those that show that somebody works on them. */
const WHOLE_EVERY = 12
/** Of each open run such a look costs Temporal a call: ten in a second are nothing beside what it does anyway. */
const PER_RUN_MS = 100
/** A worker knows soon after its start what there is and whether it is in charge. */
const NOT_YET_MS = 1_000

/**
 * A worker looks after attempts that another one has left half done, or that were lost on their way to one. A run
 * with a Job under way is rarely asked: most likely that is all that it waits for.
 */
export function retryStaleAttempts(
  client: Client,
  watch: Watch,
  log: Log,
  isInCharge: () => boolean,
): { stop(): void } {
  let looks = 0
  return repeat(async (isStopped) => {
    // What the cluster has of them must be known first.
    if (!isInCharge() || !watch.isSynced()) return NOT_YET_MS
    looks += 1
    const isWhole = looks <= FIRST_LOOKS || looks % WHOLE_EVERY === 0
    try {
      const { asked, retried } = await retryForgotten(client, known(watch, isWhole), isStopped)
      if (retried > 0) log('info', 'attempts that no worker works on are tried again', { count: retried })
      return looks < FIRST_LOOKS ? FIRST_EVERY_MS : Math.max(EVERY_MS, asked * PER_RUN_MS)
    } catch (error) {
      if (!isStopped()) log('warn', 'could not look for attempts that no worker works on', { error })
      return FIRST_EVERY_MS
    }
  }, 1_000)
}

/** As it is at the beginning of a look: an attempt whose Job has come since is too young to be forgotten. */
function known(watch: Watch, isWhole: boolean): Known {
  const waiters = watch.waiters()
  const busy = new Set(isWhole ? [] : watch.attempts.open().map(({ runId }) => runId))
  return {
    isMade: (...activity) => waiters.has(waiterKey(...activity)),
    isWorthAsking: (runId) => !busy.has(runId),
  }
}
