import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../until.ts'
import { cpuSeconds } from '../cpu.ts'
import { type Env, type Measure, post } from '../env.ts'
import { podSpec, template, wideFlow } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'

/** 10,000 Jobs: most in wide runs, which start them in blocks; some in narrow runs, which start them one by one. */
const runs = [...Array.from({ length: 8 }, () => 1_000), ...Array.from({ length: 25 }, () => 80)]
const ALL = runs.reduce((sum, width) => sum + width, 0)
/** After the last pod has started, events about it are still being processed. */
const SETTLE_MS = 60_000
const IDLE_MS = 120_000

/** Memory and CPU of a worker while all its Jobs run and nothing changes. */
export const waiting: Measure = {
  names: ['waitingRssMb', 'waitingCpu'],
  async measure(env) {
    env.say(`${ALL} Jobs that wait, in ${runs.length} runs`)
    const namespace = await namespaceFor(env, 'waiting')
    await post(env, namespace, template('stays', podSpec('simulated'), { 'millrace.dev/stays': 'true' }))
    const ids: string[] = []
    for (const [at, width] of runs.entries())
      ids.push(await post(env, namespace, wideFlow(`run-${at}`, width, 'stays')))
    const running = async (): Promise<boolean> => (await runningPods(env, namespace)) === ALL
    await until(`${ALL} pods run`, running, 1_200_000, 5_000)
    await sleep(SETTLE_MS)
    const before = cpuSeconds([env.worker])[env.worker.name] ?? 0
    await sleep(IDLE_MS)
    const seconds = (cpuSeconds([env.worker])[env.worker.name] ?? 0) - before
    const rss = rssMb(env.worker.process()?.pid)
    env.say('  cancelling them')
    for (const id of ids) await env.temporal.workflow.getHandle(id).cancel()
    await clear(env, namespace)
    return [
      { name: 'waitingRssMb', value: rss, unit: 'MB', target: { atMost: 500 }, note: `${ALL} Jobs that run` },
      {
        name: 'waitingCpu',
        value: (seconds / IDLE_MS) * 100_000,
        unit: '% of a core',
        target: { atMost: 5 },
        note: `over ${IDLE_MS / 1_000} s in which nothing changes`,
      },
    ]
  },
}

async function runningPods({ kube }: Env, namespace: string): Promise<number> {
  const { items } = await kube.list(`/api/v1/namespaces/${namespace}/pods`, {
    fields: 'status.phase=Running',
  })
  return items.length
}

function rssMb(pid: number | undefined): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1_024
}
