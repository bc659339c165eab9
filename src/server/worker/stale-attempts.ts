import type { Client } from '@temporalio/client'
import type { JobInformers } from '../../jobs/job-informers.ts'
import { waiterKey } from '../../jobs/tracker/keys.ts'
import { repeat } from '../../lib/repeat.ts'
import type { Log } from '../../telemetry/log.ts'
import { type Known, retryForgotten } from '../../temporal/runs/retry-forgotten.ts'

type Watch = Pick<JobInformers, 'attempts' | 'isSynced' | 'waiters'>

/** First checks: attempts that the previous worker had just taken become overdue at one of them. */
const FIRST_LOOKS = 5
const FIRST_EVERY_MS = 2_500
/** Later checks find tasks that were dispatched and lost, as when another worker dies. */
const EVERY_MS = 10_000
/** Every so many checks one covers all open runs, also those with a Job in progress. */
const WHOLE_EVERY = 12
/** A check costs Temporal one call per open run. Ten a second are little beside its other work. */
const PER_RUN_MS = 100
/** A worker knows the cluster's Jobs, and whether its build is current, soon after its start. */
const NOT_YET_MS = 1_000

/**
 * Retries attempts that another worker left half done, or that were lost on their way to one. A run with a
 * Job in progress is rarely checked: most likely that Job is all it waits for.
 */
export function retryStaleAttempts(
  client: Client,
  watch: Watch,
  log: Log,
  isInCharge: () => boolean,
): { stop(): void } {
  let looks = 0
  return repeat(async (isStopped) => {
    // The informers must have synced first.
    if (!isInCharge() || !watch.isSynced()) return NOT_YET_MS
    looks += 1
    const isWhole = looks <= FIRST_LOOKS || looks % WHOLE_EVERY === 0
    try {
      const { asked, retried } = await retryForgotten(client, known(watch, isWhole), isStopped)
      if (retried > 0) log('info', 'attempts without a worker are retried', { count: retried })
      return looks < FIRST_LOOKS ? FIRST_EVERY_MS : Math.max(EVERY_MS, asked * PER_RUN_MS)
    } catch (error) {
      if (!isStopped()) log('warn', 'could not search for attempts without a worker', { error })
      return FIRST_EVERY_MS
    }
  }, 1_000)
}

/** The state at the start of a check. An attempt whose Job appears later is too young to be stale. */
function known(watch: Watch, isWhole: boolean): Known {
  const waiters = watch.waiters()
  const busy = new Set(isWhole ? [] : watch.attempts.open().map(({ runId }) => runId))
  return {
    isMade: (...activity) => waiters.has(waiterKey(...activity)),
    isWorthAsking: (runId) => !busy.has(runId),
  }
}
