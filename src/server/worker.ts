import { Client } from '@temporalio/client'
import { Runtime, Worker } from '@temporalio/worker'
import { createActivities } from '../../activities/index.ts'
import { readConfig } from '../config/config.ts'
import { startJobInformers } from '../jobs/job-informers.ts'
import { createCompletion } from '../jobs/report/completion.ts'
import { TASK_QUEUE, WATCH_QUEUE } from '../model/temporal-names.ts'
import { createScheduledRun } from '../operations/runs/start/create-scheduled-run.ts'
import { markStarted } from '../operations/runs/start/start-stored-run.ts'
import { createLog } from '../telemetry/log.ts'
import { connectTemporal } from '../temporal/connect.ts'
import { buildId } from '../temporal/workers/build-id.ts'
import { workerDeployment } from '../temporal/workers/worker-deployment.ts'
import { connectCluster } from './cluster.ts'
import { createDeps } from './deps.ts'
import { autoPromote } from './worker/auto-promote.ts'
import { bundleWorkflows } from './worker/bundle.ts'
import { connectWorker } from './worker/connect-worker.ts'
import { followCurrentBuild } from './worker/current-build.ts'
import { serveHealth } from './worker/health.ts'
import { syncSchedulesRegularly } from './worker/schedule-sync.ts'
import { retryStaleAttempts } from './worker/stale-attempts.ts'
import { temporalLogger } from './worker/temporal-logger.ts'

/** Activities in parallel. Waiting ones hold no slot, so this bounds the calls to the API server. */
const MAX_ACTIVITIES = 200
/** Blocks of nodes, and services: they hold a slot for as long as they last, and little else. */
const MAX_WATCHING = 2_000
/** Runs kept in memory, about 0.3 MB each. An evicted run is replayed from its history when it continues. */
const MAX_CACHED_RUNS = 1_000
/**
 * How long a run waits for the worker that has it in memory before another may take it. The default of 10 s
 * is most of the delay that a killed worker causes. A worker that is only busy costs a replay.
 */
const STICKY_FOR = '5s'
/**
 * One poll for runs that are new (or in no worker's memory) and four for those that continue. New runs are
 * then taken one by one as Temporal hands them out, which is slow when it is busy. So runs in progress, and
 * requests for more runs, go first. With as many polls as there is work, a burst of runs delayed its own
 * requests.
 */
const POLLS = {
  workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 5 },
  nonStickyToStickyPollRatio: 0.2,
} as const

/** Runs workflows and activities until SIGTERM or SIGINT, which the Temporal runtime handles. */
export async function worker(): Promise<void> {
  const config = readConfig()
  const log = createLog('worker')
  const kube = connectCluster(config)
  const code = await bundleWorkflows()
  // From here on the runtime handles the signals, and keeps the process alive even after an exception.
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  })
  const connection = await connectWorker(config.temporal.address, log)
  const { namespace } = config.temporal
  const client = new Client({ connection, namespace })
  const { instance } = config
  const watch = startJobInformers({
    kube,
    instance,
    completion: createCompletion(client.activity, client.workflow),
    log,
  })
  // Schedules start runs without a request, so this process needs the dependencies of the API too.
  const own = connectTemporal({ address: config.temporal.address })
  const deps = createDeps(config, kube, own)
  const activities = createActivities({
    kube,
    attempts: watch.attempts,
    services: watch.services,
    signalBatcher: watch.signalBatcher,
    scheduledRuns: {
      create: (request) => createScheduledRun(deps, request),
      markStarted: (run) => markStarted(deps.catalog, run),
    },
    instance,
    ...(config.jobs.url === undefined ? {} : { jobsUrl: config.jobs.url }),
  })
  const build = config.build ?? buildId()
  const common = {
    connection,
    namespace,
    workerDeploymentOptions: workerDeployment(build),
    activities,
    shutdownGraceTime: '1s',
    shutdownForceTime: '4s',
  } as const
  const running = await Worker.create({
    ...common,
    taskQueue: TASK_QUEUE,
    workflowBundle: { code },
    maxCachedWorkflows: MAX_CACHED_RUNS,
    stickyQueueScheduleToStartTimeout: STICKY_FOR,
    maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES,
    ...POLLS,
    activityTaskPollerBehavior: { type: 'autoscaling' },
  })
  const watching = await Worker.create({
    ...common,
    taskQueue: WATCH_QUEUE,
    maxConcurrentActivityTaskExecutions: MAX_WATCHING,
    maxConcurrentActivityTaskPolls: 2,
    // A cancellation arrives with the response to a heartbeat.
    maxHeartbeatThrottleInterval: '2s',
  })
  const isRunning = (): boolean => [running, watching].every((each) => each.getState() === 'RUNNING')
  const over = autoPromote(build, config.takeOverAfterMs, log)
  const charge = followCurrentBuild({ connection: own, namespace }, build, over, log)
  const isReady = (): boolean => watch.isSynced() && isRunning() && charge.isSettled()
  const health = serveHealth(config.host, config.workerPort, build, isReady)
  const schedules = syncSchedulesRegularly(deps, log, charge.has)
  const looks = retryStaleAttempts(client, watch, log, charge.has)
  try {
    await Promise.all([running.run(), watching.run()])
  } finally {
    charge.stop()
    schedules.stop()
    looks.stop()
    health.close()
    await watch.stop()
    await own.close()
    await connection.close()
    await kube.close()
  }
  log('info', 'stopped')
}
