import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../until.ts'
import type { World } from '../env.ts'
import type { Fault } from '../fault.ts'

/** Long enough for clients to notice, and to have failed a few times. */
const AWAY_MS = 3_000

/** A process that is killed, and is back a moment later. */
function killed(
  name: string,
  about: string,
  part: (world: World) => { stop: World['worker']['stop']; start: World['worker']['start'] },
): Fault {
  return {
    name,
    about,
    async strike({ world }) {
      await part(world).stop('SIGKILL')
      await sleep(AWAY_MS)
    },
    async heal({ world }) {
      await part(world).start()
    },
  }
}

const nodeParts: Fault = {
  name: 'node-restarted',
  about: 'the kubelet is killed and containerd restarted; containers go on without them',
  async strike({ world }) {
    await world.part('kubelet').stop('SIGKILL')
    // Killed in the midst of it, Debian's containerd leaves half a file of a pod's network, and never frees that pod.
    await world.part('containerd').stop('SIGTERM')
    await sleep(AWAY_MS)
  },
  async heal({ world }) {
    await world.part('containerd').start()
    // containerd answers before it takes a kubelet, which then ends, and is started again as by any init system.
    const kubelet = world.part('kubelet')
    await until('the kubelet stays up', () =>
      kubelet.start().then(
        () => true,
        () => false,
      ),
    )
  },
  // A container that was being made is given up by the kubelet, and so is its pod.
  losses: true,
}

export const serverFaults = [
  killed('api-killed', 'the API is killed, requests and all', ({ apiProcess }) => apiProcess),
  killed('temporal-killed', 'Temporal is killed, and goes on with its database', ({ part }) =>
    part('temporal'),
  ),
  killed('apiserver-killed', 'kube-apiserver is killed', ({ part }) => part('kube-apiserver')),
  killed('etcd-killed', 'etcd is killed, under a living API server', ({ part }) => part('etcd')),
  nodeParts,
]
