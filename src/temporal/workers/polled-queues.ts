import { TASK_QUEUE, WATCH_QUEUE } from '../../model/temporal-names.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import { enums, toIso } from '../proto.ts'
import type { Temporal } from '../temporal.ts'

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = enums.TaskQueueType

/** The queues that a worker polls. */
const queues = [
  { name: TASK_QUEUE, type: TASK_QUEUE_TYPE_WORKFLOW },
  { name: TASK_QUEUE, type: TASK_QUEUE_TYPE_ACTIVITY },
  { name: WATCH_QUEUE, type: TASK_QUEUE_TYPE_ACTIVITY },
] as const

/** A poll lasts at most a minute, and the next follows. A worker that was silent for longer is gone. */
const SILENT_MS = 75_000

export interface PolledQueue {
  /** By build: when a worker last polled, in milliseconds since 1970. Without builds that are gone. */
  heard: Map<string, number>
  /** The build that this queue's tasks go to, as the queue itself reports it. */
  current: string | undefined
  ramping: { build: string; percentage: number } | undefined
}

/** For each queue that a worker polls: the builds that poll it, and the build it is routed to. */
export function readPolledQueues({
  connection,
  namespace,
}: Pick<Temporal, 'connection' | 'namespace'>): Promise<PolledQueue[]> {
  return Promise.all(
    queues.map(async ({ name, type }) => {
      const { pollers, versioningInfo } = await callTemporal(connection, deadlines.readMs, () =>
        connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: type }),
      )
      const heard = new Map<string, number>()
      for (const { deploymentOptions, lastAccessTime } of pollers ?? []) {
        const build = deploymentOptions?.buildId
        const at = Date.parse(toIso(lastAccessTime) ?? '')
        if (!build || Date.now() - at > SILENT_MS) continue
        heard.set(build, Math.max(at, heard.get(build) ?? 0))
      }
      const { currentDeploymentVersion, rampingDeploymentVersion, rampingVersionPercentage } =
        versioningInfo ?? {}
      const ramping = rampingDeploymentVersion?.buildId
      return {
        heard,
        current: currentDeploymentVersion?.buildId || undefined,
        ramping: ramping ? { build: ramping, percentage: rampingVersionPercentage ?? 0 } : undefined,
      }
    }),
  )
}

/** The oldest, over all queues, of this build's last polls; undefined when a queue has no worker of it. */
export function lastHeard(queues: PolledQueue[], build: string): number | undefined {
  const times = queues.map(({ heard }) => heard.get(build))
  return times.every((time) => time !== undefined) ? Math.min(...times) : undefined
}
