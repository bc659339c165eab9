import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { WATCH_QUEUE } from '../src/model/temporal-names.ts'

/**
 * How every kind of activity is timed and tried again. Retries without a limit are for work that must come to
 * its end whatever is away (Temporal, the API server); what can be refused comes back as an outcome instead.
 */
const backOff = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const

/**
 * An attempt may run for as long as its author lets it: the limit that counts is the Job's own deadline. The
 * heartbeat timeout covers a worker that dies before it made the Job; afterwards the shared watch vouches.
 */
export const attempts = proxyActivities<Pick<Activities, 'runJob'>>({
  startToCloseTimeout: '3650 days',
  heartbeatTimeout: '10 minutes',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: backOff,
})

/** A worker that died is missed this soon; one that only stalls heartbeats every 4 s. */
const WATCHER_TIMEOUT = '12 seconds'

/** A block of attempts stays with one worker, which heartbeats; another takes over soon after it dies. */
export const blocks = proxyActivities<Pick<Activities, 'runBlock'>>({
  taskQueue: WATCH_QUEUE,
  startToCloseTimeout: '3650 days',
  heartbeatTimeout: WATCHER_TIMEOUT,
  // It may be in the middle of making hundreds: it must have stopped before we delete.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...backOff, maximumInterval: '5s' },
})

/** One service until it is ready, or until it is not any more, which may be months. */
export const services = proxyActivities<Pick<Activities, 'keepService'>>({
  taskQueue: WATCH_QUEUE,
  startToCloseTimeout: '3650 days',
  heartbeatTimeout: WATCHER_TIMEOUT,
  // It makes again what somebody deletes: it must have stopped before we delete.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...backOff, maximumInterval: '5s' },
})

/** Waits for a template by being tried again: it costs no history, and ten seconds is soon enough. */
export const templates = proxyActivities<Pick<Activities, 'findTemplate'>>({
  startToCloseTimeout: '20 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '10s' },
})

export const cluster = proxyActivities<Pick<Activities, 'listClusterNodes'>>({
  startToCloseTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: backOff,
})

/** Deleting waits for pods to end, which their grace period may make long; it heartbeats while it waits. */
export const cleanUp = proxyActivities<Pick<Activities, 'deleteObjects'>>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { ...backOff, maximumInterval: '5s' },
})
