import type { Temporal } from '../temporal.ts'
import type { PolledQueue } from './polled-queues.ts'
import { setCurrent, setRamping, type WorkerDeployment } from './worker-deployment.ts'

/** The wanted routing: all runs to a build (100), or a share to it and the others to the current build. */
export interface Route {
  build: string
  percentage: number
}

/** One step towards a route, based on the state that was read. Changes only what differs. */
export async function routeTo(
  temporal: Pick<Temporal, 'connection' | 'namespace'>,
  route: Route,
  seen: WorkerDeployment,
): Promise<void> {
  const { current, ramping } = seen
  if (route.percentage < 100) {
    if (current === undefined)
      throw new Error('a percentage of the runs requires a current build for the others')
    if (current === route.build)
      throw new Error(`build ${route.build} is current: all runs are already routed to it`)
    if (!isSame(ramping, route)) await setRamping(temporal, route, seen)
    return
  }
  // When a build becomes current the server ends its ramp, but not the ramp of another build.
  if (ramping && ramping.build !== route.build) return setRamping(temporal, undefined, seen)
  if (current !== route.build) await setCurrent(temporal, route.build, seen)
}

/** Whether every queue routes this way. Each queue learns of a change separately. */
export const isInEffect = (route: Route, queues: PolledQueue[]): boolean =>
  queues.every(({ current, ramping }) =>
    route.percentage < 100 ? isSame(ramping, route) : current === route.build && ramping === undefined,
  )

const isSame = (a: Route | undefined, b: Route): boolean =>
  a?.build === b.build && a.percentage === b.percentage
