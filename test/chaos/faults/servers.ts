import { setTimeout as sleep } from 'node:timers/promises'
import { succeeds, until } from '../../until.ts'
import type { Env } from '../env.ts'
import type { Fault } from '../fault.ts'

/** Long enough for clients to fail a few times. */
const AWAY_MS = 3_000

/** A process that is killed and restarted a moment later. */
function killed(
  name: string,
  about: string,
  part: (env: Env) => { stop: Env['worker']['stop']; start: Env['worker']['start'] },
): Fault {
  return {
    name,
    about,
    async inject({ env }) {
      await part(env).stop('SIGKILL')
      await sleep(AWAY_MS)
    },
    async recover({ env }) {
      await part(env).start()
    },
  }
}

const nodeParts: Fault = {
  name: 'node-restarted',
  about: 'the kubelet is killed and containerd restarted; containers keep running',
  async inject({ env }) {
    await env.part('kubelet').stop('SIGKILL')
    // SIGKILL can leave Debian's containerd with a truncated network file, and then it never releases that pod.
    await env.part('containerd').stop('SIGTERM')
    await sleep(AWAY_MS)
  },
  async recover({ env }) {
    await env.part('containerd').start()
    // containerd answers before it accepts a kubelet. The kubelet then exits, and is restarted as by an init system.
    const kubelet = env.part('kubelet')
    await until('the kubelet stays up', () => succeeds(() => kubelet.start()))
  },
  // The kubelet gives up a container that was being created, and its pod.
  losses: true,
}

export const serverFaults = [
  killed('api-killed', 'the API is killed while it serves requests', ({ apiProcess }) => apiProcess),
  killed('temporal-killed', 'Temporal is killed, and restarted on its database', ({ part }) =>
    part('temporal'),
  ),
  killed('apiserver-killed', 'kube-apiserver is killed', ({ part }) => part('kube-apiserver')),
  killed('etcd-killed', 'etcd is killed while the API server keeps running', ({ part }) => part('etcd')),
  nodeParts,
]
