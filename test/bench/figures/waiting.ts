import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../until.ts'
import { cpuSeconds } from '../cpu.ts'
import { type Measure, post, type World } from '../env.ts'
import { podSpec, template, wideFlow } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'

/** 10,000 Jobs: most in wide runs, which start them in blocks, some in runs that start each for itself. */
const runs = [...Array.from({ length: 8 }, () => 1_000), ...Array.from({ length: 25 }, () => 80)]
const ALL = runs.reduce((sum, width) => sum + width, 0)
/** After the last pod has started: news of it are still being told. */
const SETTLE_MS = 60_000
const QUIET_MS = 120_000

/** What a worker costs while all that it looks after runs and nothing happens. */
export const waiting: Measure = {
  names: ['waitingRssMb', 'waitingCpu'],
  async measure(world) {
    world.say(`${ALL} Jobs that wait, in ${runs.length} runs`)
    const namespace = await namespaceFor(world, 'waiting')
    await post(world, namespace, template('stays', podSpec('simulated'), { 'millrace.dev/stays': 'true' }))
    const ids: string[] = []
    for (const [at, width] of runs.entries())
      ids.push(await post(world, namespace, wideFlow(`run-${at}`, width, 'stays')))
    const running = async (): Promise<boolean> => (await runningPods(world, namespace)) === ALL
    await until(`${ALL} pods run`, running, 1_200_000, 5_000)
    await sleep(SETTLE_MS)
    const before = cpuSeconds([world.worker])[world.worker.name] ?? 0
    await sleep(QUIET_MS)
    const seconds = (cpuSeconds([world.worker])[world.worker.name] ?? 0) - before
    const rss = rssMb(world.worker.process()?.pid)
    world.say('  cancelling them')
    for (const id of ids) await world.temporal.workflow.getHandle(id).cancel()
    await clear(world, namespace)
    return [
      { name: 'waitingRssMb', value: rss, unit: 'MB', target: { atMost: 500 }, note: `${ALL} Jobs that run` },
      {
        name: 'waitingCpu',
        value: (seconds / QUIET_MS) * 100_000,
        unit: '% of a core',
        target: { atMost: 5 },
        note: `over ${QUIET_MS / 1_000} s in which nothing happens`,
      },
    ]
  },
}

async function runningPods({ kube }: World, namespace: string): Promise<number> {
  const { items } = await kube.list(`/api/v1/namespaces/${namespace}/pods`, {
    fields: 'status.phase=Running',
  })
  return items.length
}

function rssMb(pid: number | undefined): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1_024
}
