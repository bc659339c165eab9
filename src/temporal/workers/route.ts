import type { Temporal } from '../temporal.ts'
import type { PolledQueue } from './polled-queues.ts'
import { setCurrent, setRamping, type WorkerDeployment } from './worker-deployment.ts'

/** Where runs are to go: all to a build (100), or a share to it and the others to the current one. */
export interface Route {
  build: string
  percentage: number
}

/** One step towards a route, on top of the state that was read; what is so already is left alone. */
export async function routeTo(
  temporal: Pick<Temporal, 'connection' | 'namespace'>,
  route: Route,
  seen: WorkerDeployment,
): Promise<void> {
  const { current, ramping } = seen
  if (route.percentage < 100) {
    if (current === undefined) throw new Error('a share of the runs needs a current build for the others')
    if (current === route.build) throw new Error(`build ${route.build} is current: all runs go to it already`)
    if (!isSame(ramping, route)) await setRamping(temporal, route, seen)
    return
  }
  // The server ends the ramp of a build that becomes current; that of another one would go on.
  if (ramping && ramping.build !== route.build) return setRamping(temporal, undefined, seen)
  if (current !== route.build) await setCurrent(temporal, route.build, seen)
}

/** Whether the queues themselves route so: each of them hears of a change on its own. */
export const isInEffect = (route: Route, queues: PolledQueue[]): boolean =>
  queues.every(({ current, ramping }) =>
    route.percentage < 100 ? isSame(ramping, route) : current === route.build && ramping === undefined,
  )

const isSame = (a: Route | undefined, b: Route): boolean =>
  a?.build === b.build && a.percentage === b.percentage
