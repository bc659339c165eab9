import type { Kube } from '../kubernetes/client/client.ts'
import { collectionPath, resources } from '../kubernetes/client/resource-path.ts'
import { watch } from '../kubernetes/client/watch.ts'
import { INSTANCE_LABEL } from '../model/labels.ts'
import type { Log } from '../telemetry/log.ts'
import type { Completion } from './report/completion.ts'
import { CompletionReporter } from './report/completion-reporter.ts'
import { SignalBatcher } from './report/signal-batcher.ts'
import { DeploymentTracker, readDeployment } from './tracker/deployment-tracker.ts'
import { JobMaintenance } from './tracker/job-maintenance.ts'
import { JobTracker } from './tracker/job-tracker.ts'
import { PodRefetcher } from './tracker/pod-refetcher.ts'
import { readJob, readPod } from './tracker/read-objects.ts'

/** How often Jobs are checked for ends that depend on time alone: a grace period, a missing image. */
const RECONSIDER_MS = 10_000
/** How often everything is relisted, in case a watch missed an event. Ten thousand Jobs take seconds. */
const RESYNC_MS = 600_000

export interface JobInformers {
  attempts: JobTracker
  services: DeploymentTracker
  signalBatcher: SignalBatcher
  /** `waiterKey` of every activity try that has a Job, or whose outcome is not recorded yet. */
  waiters(): Set<string>
  /** All informers have listed once. */
  isSynced(): boolean
  stop(): Promise<void>
}

/** The informers of a worker process, for the Jobs, Deployments and pods of this installation. */
export function startJobInformers(deps: {
  kube: Kube
  instance: string
  completion: Completion
  log: Log
}): JobInformers {
  const { kube, instance, completion, log } = deps
  const maintenance = new JobMaintenance(kube, (message) => log('info', message))
  const warn = (message: string, error: unknown): void => log('warn', message, { error })
  const reporter = new CompletionReporter({
    completion,
    maintenance,
    isAwaited: (uid) => attempts.isAwaited(uid),
    warn,
  })
  const attempts: JobTracker = new JobTracker({
    ended: (entry, outcome) => reporter.ended(entry, outcome),
    changed: (entry) => reporter.changed(entry),
    unexplained: (entry) => podRefetcher.explain(entry),
  })
  const podRefetcher = new PodRefetcher(kube, attempts, warn)
  const services = new DeploymentTracker()
  const selector = `${INSTANCE_LABEL}=${instance}`
  const onError = (error: unknown): void => log('warn', 'watch interrupted, retrying', { error })
  const pods = watch(kube, {
    path: collectionPath(resources.Pod),
    selector,
    read: readPod,
    onSync: (all) => {
      attempts.syncPods(all)
      services.syncPods(all)
    },
    onEvent: (type, pod) => {
      attempts.onPod(type, pod)
      services.onPod(type, pod)
    },
    onError,
  })
  const deployments = watch(kube, {
    path: collectionPath(resources.Deployment),
    selector,
    read: readDeployment,
    onSync: (all) => services.syncDeployments(all),
    onEvent: (type, deployment) => services.onDeployment(type, deployment),
    onError,
  })
  const jobs = watch(kube, {
    path: collectionPath(resources.Job),
    selector,
    read: readJob,
    onSync: (all) => attempts.syncJobs(all),
    onEvent: (type, job) => attempts.onJob(type, job),
    onError,
  })
  const timers = [
    setInterval(() => attempts.reconsider(), RECONSIDER_MS),
    setInterval(() => {
      pods.relist()
      jobs.relist()
      deployments.relist()
    }, RESYNC_MS),
  ]
  let isSynced = false
  void Promise.all([pods.synced, jobs.synced, deployments.synced]).then(() => {
    isSynced = true
  })
  reporter.start()
  return {
    attempts,
    services,
    signalBatcher: new SignalBatcher(completion, warn),
    waiters: () => new Set([...attempts.all(), ...reporter.owed()].flatMap(({ waiter }) => waiter ?? [])),
    isSynced: () => isSynced,
    async stop() {
      for (const timer of timers) clearInterval(timer)
      reporter.stop()
      podRefetcher.stop()
      await Promise.all([pods.stop(), jobs.stop(), deployments.stop()])
    },
  }
}
