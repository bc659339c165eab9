import { until } from '../../until.ts'
import { profiledJobs } from '../bare.ts'
import { boundText, type Profile, type Profiled, profiled, profileText } from '../cpu.ts'
import { countOf, type Measure, post, type World } from '../env.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import { between, median, spreadOf } from '../stats.ts'

const RUNS = 300
const STEPS = 5
const POSTS_AT_ONCE = 16
const ROUNDS = 3
const COUNT = RUNS * STEPS

export const throughput: Measure = {
  names: ['throughputRatio', 'stepsPerSecond'],
  async measure(world) {
    const ours: number[] = []
    const bare: number[] = []
    let profile = ''
    let bound = ''
    const hand = async (): Promise<Profile> => {
      const { value, profile } = await profiledJobs(world, COUNT)
      bare.push(COUNT / value)
      return profile
    }
    world.say(`${COUNT} bare Jobs`)
    await hand()
    for (let round = 0; round < ROUNDS; round++) {
      world.say(`${RUNS} runs of ${STEPS} steps, and as many bare Jobs, round ${round + 1} of ${ROUNDS}`)
      const run = await byRuns(world)
      ours.push(COUNT / run.value)
      const bareProfile = await hand()
      profile = `a step: ${profileText(run.profile)}; a bare Job: ${profileText(bareProfile)}`
      bound = boundText(run.profile, bareProfile)
      world.say(`  ${ours.at(-1)?.toFixed(1)} steps/s, ${bare.at(-1)?.toFixed(1)} bare Jobs/s; ${profile}`)
    }
    const ratios = ours.map((value, at) => value / between(bare, at))
    return [
      {
        name: 'throughputRatio',
        value: median(ratios),
        unit: '',
        target: { atLeast: 0.6 },
        spread: spreadOf(ratios),
        note: `${RUNS} runs of ${STEPS} chained jobs; by hand, all at once, ${median(bare).toFixed(0)} Jobs/s`,
        profile,
        bound,
      },
      { name: 'stepsPerSecond', value: median(ours), unit: 'steps/s', spread: spreadOf(ours) },
    ]
  },
}

async function byRuns(world: World): Promise<Profiled<number>> {
  const namespace = await namespaceFor(world, 'many')
  const result = await profiled(world.components, COUNT, () => runs(world, namespace))
  await clear(world, namespace)
  return result
}

/** Seconds from the first request until every run has succeeded. */
async function runs(world: World, namespace: string): Promise<number> {
  const pod = podSpec('simulated')
  const startedAt = performance.now()
  let at = 0
  const poster = async (): Promise<void> => {
    while (at < RUNS) await post(world, namespace, chainFlow(`run-${at++}`, STEPS, pod))
  }
  await Promise.all(Array.from({ length: POSTS_AT_ONCE }, poster))
  const ended = async (): Promise<boolean> => (await countOf(world, namespace, 'Succeeded')) === RUNS
  await until(`${RUNS} runs have succeeded`, ended, 600_000, 500)
  return (performance.now() - startedAt) / 1_000
}
