import { setTimeout as sleep } from 'node:timers/promises'
import { watch } from '../../../src/kubernetes/client/watch.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { bareJobs } from '../bare.ts'
import { boundText, type Profile, profiled, profileText } from '../cpu.ts'
import { type Measure, nameOf, post, simulate, untilEnded, type World } from '../env.ts'
import { daemonJob, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import { between, median, spreadOf } from '../stats.ts'

const NODES = 1_000
const ROUNDS = 5

/** How long until every node has its Job, by us and by hand. */
export const fleet: Measure = {
  names: ['fleet1000Ratio'],
  async measure(world) {
    const nodes = await simulate(world.kube, NODES)
    const ours: number[] = []
    const bare: number[] = []
    let profile = ''
    let bound = ''
    const hand = async (): Promise<Profile> => {
      const { value, profile } = await profiled(world.components, NODES, () => byHand(world, nodes))
      bare.push(value)
      return profile
    }
    await hand()
    for (let round = 0; round < ROUNDS; round++) {
      world.say(`a DaemonJob over ${NODES} nodes, round ${round + 1} of ${ROUNDS}`)
      const run = await profiled(world.components, NODES, () => byRun(world))
      ours.push(run.value)
      const bareProfile = await hand()
      profile = `a member: ${profileText(run.profile)}; a bare Job: ${profileText(bareProfile)}`
      bound = boundText(run.profile, bareProfile)
      world.say(`  ${run.value.toFixed(1)} s; by hand ${bare.map((each) => each.toFixed(1)).join(', ')} s`)
    }
    const ratios = ours.map((value, at) => value / between(bare, at))
    const note = `all created in ${median(ours).toFixed(1)} s; by hand ${median(bare).toFixed(1)} s`
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

async function byHand(world: World, nodes: readonly string[]): Promise<number> {
  const namespace = await namespaceFor(world, 'nodes')
  const { created } = await bareJobs(world.kube, namespace, 'each', NODES, (at) => podOn(nodes[at] ?? ''))
  await clear(world, namespace)
  return created
}

/** Seconds from the request until the last Job is seen. */
async function byRun(world: World): Promise<number> {
  const namespace = await namespaceFor(world, 'fleet')
  const seen = new Set<string>()
  let seconds = Number.NaN
  let startedAt = 0
  const see = (job: string): void => {
    seen.add(job)
    if (seen.size === NODES && Number.isNaN(seconds)) seconds = (performance.now() - startedAt) / 1_000
  }
  const jobs = watch(world.kube, {
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    selector: '',
    read: nameOf,
    onSync: (all) => all.forEach(see),
    onEvent: (_type, job) => see(job),
    onError: () => undefined,
  })
  await jobs.synced
  startedAt = performance.now()
  const id = await post(world, namespace, daemonJob('all', podSpec('simulated'), 'localhost'))
  await untilEnded(world, id)
  await sleep(200)
  await jobs.stop()
  await clear(world, namespace)
  return seconds
}
