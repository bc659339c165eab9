import type { ConnectionLike } from '@temporalio/client'
import { repeat } from '../../lib/repeat.ts'
import type { Log } from '../../telemetry/log.ts'
import { isRefused } from '../../temporal/call-temporal.ts'
import { lastHeard, readPolledQueues } from '../../temporal/workers/polled-queues.ts'
import {
  readWorkerDeployment,
  setCurrent,
  type WorkerDeployment,
} from '../../temporal/workers/worker-deployment.ts'
import type { AutoPromote } from './auto-promote.ts'

/** Interval while Temporal does not know the build yet. It does within a second of the first poll. */
const UNKNOWN_MS = 250
/** Interval while another build is current: a promotion is noticed this soon. */
const WAITING_MS = 3_000
/** Interval while this build is current: for the log, and for the loops of the current build. */
const CURRENT_MS = 15_000

export interface CurrentBuild {
  /** Whether this build is current. Work for all workers together is done by those of the current build. */
  has(): boolean
  /** Whether Temporal's status of this build is known. Before that it may get no work. */
  isSettled(): boolean
  stop(): void
}

/**
 * Follows whether Temporal routes runs to this worker's build, and logs changes. The first build of an
 * installation makes itself current. Later ones wait until they are promoted, or the current build has no
 * workers left.
 */
export function followCurrentBuild(
  temporal: { connection: ConnectionLike; namespace: string },
  build: string,
  over: AutoPromote,
  log: Log,
): CurrentBuild {
  let standing: BuildStatus | undefined
  const isAlone = async (current: string): Promise<boolean> =>
    lastHeard(await readPolledQueues(temporal), current) === undefined
  const tell = (now: BuildStatus): void => {
    if (now.is === 'current')
      return log('info', 'this build is current: all runs are routed to it', { build })
    if (now.is !== 'waiting' && now.is !== 'ramping') return
    const { current, isAlone } = now
    const todo = `\`millrace promote ${build}\` makes this build current`
    if (isAlone) {
      const left =
        now.is === 'ramping' ? 'only the runs of this build make progress' : 'no run makes progress'
      const message = `no worker of the current build is running, and ${left}: start one, or ${todo}`
      return log('warn', message, { build, current })
    }
    if (now.is === 'ramping') {
      const { percentage } = now
      return log('info', 'this build is ramping: a percentage of the runs is routed to it', {
        build,
        percentage,
      })
    }
    log('info', `another build is current, so this one gets no work: ${todo}`, { build, current })
  }
  const turn = repeat(async (isStopped) => {
    try {
      const deployment = await readWorkerDeployment(temporal)
      const now = buildStatusOf(deployment, build)
      if (now.is === 'first' && deployment) {
        await setCurrent(temporal, build, deployment)
        log('info', 'this is the first build of this installation: it is now current', { build })
        standing = { is: 'current' }
        return CURRENT_MS
      }
      const isBeside = now.is === 'waiting' || now.is === 'ramping'
      if (isBeside) now.isAlone = await isAlone(now.current)
      over.look(isBeside && now.isAlone === true)
      if (JSON.stringify(now) !== JSON.stringify(standing)) tell(now)
      standing = now
      return pauseOf(now)
    } catch (error) {
      // Another worker was faster: the next check shows which build it made current.
      if (!isRefused(error) && !isStopped())
        log('warn', 'could not read from Temporal which build is current, retrying', { error })
      return isRefused(error) ? UNKNOWN_MS : WAITING_MS
    }
  })
  return {
    has: () => standing?.is === 'current',
    isSettled: () => standing !== undefined && standing.is !== 'unknown',
    stop() {
      turn.stop()
      over.stop()
    },
  }
}

export type BuildStatus =
  | { is: 'unknown' }
  | { is: 'first' }
  | { is: 'current' }
  | { is: 'ramping'; current: string; percentage: number; isAlone?: boolean }
  | { is: 'waiting'; current: string; isAlone?: boolean }

/** The status of a worker's build in Temporal. */
export function buildStatusOf(deployment: WorkerDeployment | undefined, build: string): BuildStatus {
  if (!deployment?.versions.some((version) => version.build === build)) return { is: 'unknown' }
  const { current, ramping } = deployment
  if (current === undefined) return { is: 'first' }
  if (current === build) return { is: 'current' }
  if (ramping?.build === build) return { is: 'ramping', current, percentage: ramping.percentage }
  return { is: 'waiting', current }
}

function pauseOf({ is }: BuildStatus): number {
  if (is === 'unknown') return UNKNOWN_MS
  return is === 'current' ? CURRENT_MS : WAITING_MS
}
