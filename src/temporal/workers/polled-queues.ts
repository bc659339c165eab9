import { TASK_QUEUE, WATCH_QUEUE } from '../../model/temporal-names.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'
import { toIso } from '../wire.ts'

/** What a worker polls: a queue of the wire's types 1 (workflows) and 2 (activities). */
const queues = [
  { name: TASK_QUEUE, type: 1 },
  { name: TASK_QUEUE, type: 2 },
  { name: WATCH_QUEUE, type: 2 },
] as const

/** A poll lasts a minute at most, and then there is the next one: who was silent for longer is gone. */
const SILENT_MS = 75_000

export interface PolledQueue {
  /** When a worker of a build was last heard, in milliseconds since 1970, by build; those that are gone are not in it. */
  heard: Map<string, number>
  /** Where this queue's tasks go at the moment, as its own part of the server knows it. */
  current: string | undefined
  ramping: { build: string; percentage: number } | undefined
}

/** What stands behind the queues that a worker polls: who listens, and to whom they are routed. */
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

/** When a worker of this build was last heard on every queue; undefined when there is none. */
export function lastHeard(queues: PolledQueue[], build: string): number | undefined {
  const times = queues.map(({ heard }) => heard.get(build))
  return times.every((time) => time !== undefined) ? Math.min(...times) : undefined
}
