/**
 * Worker versions in Temporal: one worker deployment, whose versions are builds of the workflow code.
 *
 * A worker polls as a worker of its build. It gets no work until Temporal routes runs to that build: all runs
 * go to the current build, or a share of them to a ramping one. Runs are AUTO_UPGRADE: an open run continues
 * with whichever build its next task is routed to. So a change of the current build moves all runs at once,
 * forward and back. The replay before a promotion protects them.
 *
 * The deployment has the name of the task queue. A queue belongs to one deployment, so installations that
 * share the queue share the versions too.
 *
 * The server keeps this in workflows of its own. A read asks one of them, and costs more than reading a run.
 */
import type { WorkerDeploymentOptions } from '@temporalio/worker'
import { TASK_QUEUE } from '../../model/temporal-names.ts'
import { callTemporal, deadlines, isNotFound } from '../call-temporal.ts'
import { enums, type Timestamp, toIso } from '../proto.ts'
import type { Temporal } from '../temporal.ts'

export const DEPLOYMENT = TASK_QUEUE

/** Worker options that name its build, for every queue that it polls. */
export const workerDeployment = (build: string): WorkerDeploymentOptions => ({
  version: { deploymentName: DEPLOYMENT, buildId: build },
  useWorkerVersioning: true,
  defaultVersioningBehavior: 'AUTO_UPGRADE',
})

export interface WorkerDeployment {
  /** Build that all runs go to; undefined until the first build is promoted. */
  current: string | undefined
  /** Build that a share of the runs goes to instead. */
  ramping: { build: string; percentage: number } | undefined
  /** Identifies this state: the server refuses a change that is based on another one. */
  conflictToken: Uint8Array
  /** Newest first. */
  versions: Version[]
}

export interface Version {
  build: string
  /** `drained`: no open run is pinned to it. Ours never are, so it follows `draining` within minutes. */
  status: VersionStatus
  /** Since when it has this status, RFC 3339 UTC. */
  since: string | undefined
}

/** `inactive`: it was never current. */
type VersionStatus = 'unknown' | 'inactive' | 'current' | 'ramping' | 'draining' | 'drained'

const versionStatuses: Record<number, VersionStatus> = {
  [enums.WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE]: 'inactive',
  [enums.WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT]: 'current',
  [enums.WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING]: 'ramping',
  [enums.WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING]: 'draining',
  [enums.WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED]: 'drained',
}

type Versioned = Pick<Temporal, 'connection' | 'namespace'>

/** undefined until the first worker has polled. */
export async function readWorkerDeployment({
  connection,
  namespace,
}: Versioned): Promise<WorkerDeployment | undefined> {
  const answer = await callTemporal(connection, deadlines.scheduleMs, () =>
    connection.workflowService.describeWorkerDeployment({ namespace, deploymentName: DEPLOYMENT }),
  ).catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  const info = answer?.workerDeploymentInfo
  if (!info) return undefined
  const { currentDeploymentVersion, rampingDeploymentVersion, rampingVersionPercentage } =
    info.routingConfig ?? {}
  const ramping = rampingDeploymentVersion?.buildId
  const summaries = [...(info.versionSummaries ?? [])].sort(
    (a, b) => seconds(b.createTime) - seconds(a.createTime),
  )
  return {
    current: currentDeploymentVersion?.buildId || undefined,
    ramping: ramping ? { build: ramping, percentage: rampingVersionPercentage ?? 0 } : undefined,
    conflictToken: answer.conflictToken ?? new Uint8Array(),
    versions: summaries.map((summary) => ({
      build: summary.deploymentVersion?.buildId ?? '',
      status: versionStatuses[summary.status ?? 0] ?? 'unknown',
      since: toIso(
        summary.currentSinceTime ??
          summary.rampingSinceTime ??
          summary.lastDeactivationTime ??
          summary.createTime,
      ),
    })),
  }
}

const seconds = (time: Timestamp | null | undefined): number => time?.seconds?.toNumber() ?? 0

/** Routes all runs to a build. Fails when the deployment has changed since `seen`, or no worker polls. */
export async function setCurrent(temporal: Versioned, build: string, seen: WorkerDeployment): Promise<void> {
  const { connection, namespace } = temporal
  await callTemporal(connection, deadlines.scheduleMs, () =>
    connection.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName: DEPLOYMENT,
      buildId: build,
      conflictToken: seen.conflictToken,
      ignoreMissingTaskQueues: true,
    }),
  )
}

/** Routes a share of the runs to a build. undefined ends the ramp. */
export async function setRamping(
  temporal: Versioned,
  ramp: { build: string; percentage: number } | undefined,
  seen: WorkerDeployment,
): Promise<void> {
  const { connection, namespace } = temporal
  await callTemporal(connection, deadlines.scheduleMs, () =>
    connection.workflowService.setWorkerDeploymentRampingVersion({
      namespace,
      deploymentName: DEPLOYMENT,
      buildId: ramp?.build ?? '',
      percentage: ramp?.percentage ?? 0,
      conflictToken: seen.conflictToken,
      ignoreMissingTaskQueues: true,
    }),
  )
}
