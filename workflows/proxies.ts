import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { WATCH_QUEUE } from '../src/model/temporal-names.ts'

/**
 * Timeouts and retries of every activity. Retries have no limit because the work must finish after any outage
 * (Temporal, the API server). A refusal by Kubernetes is not retried: it is returned as an outcome.
 */
const backOff = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const

/**
 * An attempt may run for as long as its author allows: its limit is the Job's own deadline. The heartbeat
 * timeout covers a worker that dies before it creates the Job; afterwards the job informers heartbeat.
 */
export const attempts = proxyActivities<Pick<Activities, 'runJob'>>({
  startToCloseTimeout: '3650 days',
  heartbeatTimeout: '10 minutes',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: backOff,
})

/** How soon a dead worker is detected. Heartbeats come every 4 s, so a short stall is tolerated. */
const WATCHER_TIMEOUT = '12 seconds'

/** One worker runs a block of attempts and heartbeats. Another takes over soon after it dies. */
export const blocks = proxyActivities<Pick<Activities, 'runBlock'>>({
  taskQueue: WATCH_QUEUE,
  startToCloseTimeout: '3650 days',
  heartbeatTimeout: WATCHER_TIMEOUT,
  // It may be creating hundreds of Jobs: it must have stopped before we delete.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...backOff, maximumInterval: '5s' },
})

/** Waits until one service is ready, or until it is unready, which may take months. */
export const services = proxyActivities<Pick<Activities, 'keepService'>>({
  taskQueue: WATCH_QUEUE,
  startToCloseTimeout: '3650 days',
  heartbeatTimeout: WATCHER_TIMEOUT,
  // It recreates deleted objects: it must have stopped before we delete.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...backOff, maximumInterval: '5s' },
})

/** Waits for a template by retrying: retries cost no history, and ten seconds is soon enough. */
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

/** Waits for pods to end, which may take their whole grace period. It heartbeats meanwhile. */
export const cleanUp = proxyActivities<Pick<Activities, 'deleteObjects'>>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { ...backOff, maximumInterval: '5s' },
})
