import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../until.ts'
import type { World } from '../env.ts'
import { compact } from '../etcd.ts'
import type { Fault } from '../fault.ts'

const watchCut: Fault = {
  name: 'watch-cut',
  about: 'every connection to the API server is cut, again and again',
  async strike({ world, random }) {
    for (let time = 0; time < 5; time += 1) {
      world.toApiServer.cut()
      await sleep(random.between(100, 1_000))
    }
  },
}

/** Versions that the API server no longer has: its cache is new, and etcd has forgotten what was before. */
const watchExpired: Fault = {
  name: 'watch-expired',
  about: 'watches come back to an API server that no longer has their versions (410)',
  async strike({ world }) {
    const { toApiServer } = world
    const before = expiredOf(world)
    toApiServer.hold()
    // Who watches knows nothing of this, so it will ask from where it was.
    await world.part('kube-apiserver').stop('SIGKILL')
    await compact(world)
    await world.part('kube-apiserver').start()
    toApiServer.cut()
    toApiServer.release()
    await until('the worker is told 410', () => expiredOf(world) > before, 60_000)
  },
  async heal({ world }) {
    world.toApiServer.release()
    await world.part('kube-apiserver').start()
  },
}

/** How often the worker has written that a version was too old. */
const expiredOf = ({ worker }: World): number =>
  readFileSync(worker.logFile, 'utf8').split(/too old resource version/).length - 1

const held = (name: string, to: string, line: (world: World) => World['toTemporal']): Fault => ({
  name,
  about: `nothing passes between Millrace and ${to}, and no connection ends`,
  async strike({ world }) {
    line(world).hold()
    await sleep(world.outageMs)
  },
  async heal({ world }) {
    line(world).release()
  },
})

export const networkFaults = [
  watchCut,
  watchExpired,
  held('temporal-unreachable', 'Temporal', ({ toTemporal }) => toTemporal),
  held('apiserver-unreachable', 'the API server', ({ toApiServer }) => toApiServer),
]
