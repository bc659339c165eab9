import { setTimeout as sleep } from 'node:timers/promises'
import { watch } from '../../../src/kubernetes/client/watch.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { alternate, ratiosOf } from '../alternate.ts'
import { bareJobs } from '../bare.ts'
import { profiled } from '../cpu.ts'
import { type Env, type Measure, nameOf, post, simulate, untilEnded } from '../env.ts'
import { daemonJob, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import { median, spreadOf } from '../stats.ts'

const NODES = 1_000
const ROUNDS = 5

/** Seconds until every cluster node has its Job, by a DaemonJob and with bare Jobs. */
export const fleet: Measure = {
  names: ['fleet1000Ratio'],
  async measure(env) {
    const nodes = await simulate(env.kube, NODES)
    const measured = await alternate({
      count: ROUNDS,
      piece: 'a member',
      ours: () => profiled(env.components, NODES, () => createByRun(env)),
      bare: () => profiled(env.components, NODES, () => createBareJobs(env, nodes)),
      onStart: (round) => env.say(`a DaemonJob over ${NODES} nodes, ${round}`),
      onEnd: ({ ours, bare }) =>
        env.say(
          `  ${ours.at(-1)?.toFixed(1)} s; bare Jobs: ${bare.map((each) => each.toFixed(1)).join(', ')} s`,
        ),
    })
    const { ours, bare, profile, bound } = measured
    const ratios = ratiosOf(measured)
    const note = `all created in ${median(ours).toFixed(1)} s; bare Jobs: ${median(bare).toFixed(1)} s`
    return [
      {
        name: 'fleet1000Ratio',
        value: median(ratios),
        unit: '',
        target: { atMost: 1.3 },
        spread: spreadOf(ratios),
        note,
        profile,
        bound,
      },
    ]
  },
}

const podOn = (node: string): JsonObject => ({ ...podSpec('simulated'), nodeName: node })

async function createBareJobs(env: Env, nodes: readonly string[]): Promise<number> {
  const namespace = await namespaceFor(env, 'nodes')
  const { created } = await bareJobs(env.kube, namespace, 'each', NODES, (at) => podOn(nodes[at] ?? ''))
  await clear(env, namespace)
  return created
}

/** Seconds from the request until the watch reports the last Job. */
async function createByRun(env: Env): Promise<number> {
  const namespace = await namespaceFor(env, 'fleet')
  const seen = new Set<string>()
  let seconds = Number.NaN
  let startedAt = 0
  const see = (job: string): void => {
    seen.add(job)
    if (seen.size === NODES && Number.isNaN(seconds)) seconds = (performance.now() - startedAt) / 1_000
  }
  const jobs = watch(env.kube, {
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    selector: '',
    read: nameOf,
    onSync: (all) => all.forEach(see),
    onEvent: (_type, job) => see(job),
    onError: () => undefined,
  })
  await jobs.synced
  startedAt = performance.now()
  const id = await post(env, namespace, daemonJob('all', podSpec('simulated'), 'localhost'))
  await untilEnded(env, id)
  await sleep(200)
  await jobs.stop()
  await clear(env, namespace)
  return seconds
}
