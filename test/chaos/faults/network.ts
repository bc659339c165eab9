import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../until.ts'
import type { Env } from '../env.ts'
import { compact } from '../etcd.ts'
import type { Fault } from '../fault.ts'

const watchCut: Fault = {
  name: 'watch-cut',
  about: 'every connection to the API server is closed, five times',
  async inject({ env, random }) {
    for (let time = 0; time < 5; time += 1) {
      env.toApiServer.cut()
      await sleep(random.between(100, 1_000))
    }
  },
}

/** The API server no longer has the watched resource versions: its cache is new, and etcd is compacted. */
const watchExpired: Fault = {
  name: 'watch-expired',
  about: 'watches resume from a resource version that the API server no longer has (410)',
  async inject({ env }) {
    const { toApiServer } = env
    const before = countExpired(env)
    toApiServer.hold()
    // The worker does not notice this, so it resumes from its last resource version.
    await env.part('kube-apiserver').stop('SIGKILL')
    await compact(env)
    await env.part('kube-apiserver').start()
    toApiServer.cut()
    toApiServer.release()
    await until('the worker receives a 410', () => countExpired(env) > before, 60_000)
  },
  async recover({ env }) {
    env.toApiServer.release()
    await env.part('kube-apiserver').start()
  },
}

/** How often the worker has logged that a resource version was too old. */
const countExpired = ({ worker }: Env): number =>
  readFileSync(worker.logFile, 'utf8').split(/too old resource version/).length - 1

const dropPackets = (name: string, to: string, proxy: (env: Env) => Env['toTemporal']): Fault => ({
  name,
  about: `packets between Millrace and ${to} are dropped, and connections stay open`,
  async inject({ env }) {
    proxy(env).hold()
    await sleep(env.outageMs)
  },
  async recover({ env }) {
    proxy(env).release()
  },
})

export const networkFaults = [
  watchCut,
  watchExpired,
  dropPackets('temporal-unreachable', 'Temporal', ({ toTemporal }) => toTemporal),
  dropPackets('apiserver-unreachable', 'the API server', ({ toApiServer }) => toApiServer),
]
