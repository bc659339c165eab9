import { profiledJobs } from '../bare.ts'
import { boundText, type Profiled, profiled, profileText } from '../cpu.ts'
import { type Measure, post, secondsOf, untilEnded, type World } from '../env.ts'
import { podSpec, template, wideFlow } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import type { Figure } from '../report.ts'
import { median, spreadOf } from '../stats.ts'

const NARROW = 500
const ROUNDS = 3
const WIDER = [2_000, 10_000]

/** Jobs per second of one run, by how many of them it has side by side, and of as many bare Jobs. */
export const fanOut: Measure = {
  names: ['fanOut500', ...WIDER.map((width) => `fanOut${width}Over500`)],
  async measure(world) {
    const rates: Rates[] = []
    for (let round = 0; round < ROUNDS; round++) rates.push(await ratesOf(world, NARROW))
    const ours = rates.map((each) => each.ours)
    const base = median(ours)
    const bareBase = median(rates.map(({ bare }) => bare))
    const figures: Figure[] = [
      {
        name: 'fanOut500',
        value: base,
        unit: 'Jobs/s',
        spread: spreadOf(ours),
        note: `by hand ${bareBase.toFixed(1)} Jobs/s`,
      },
    ]
    for (const width of WIDER) {
      const { ours, bare, profile, bound } = await ratesOf(world, width)
      figures.push({
        name: `fanOut${width}Over500`,
        value: ours / base,
        unit: '',
        target: { atLeast: 0.9 },
        note: `${ours.toFixed(1)} Jobs/s; by hand ${bare.toFixed(1)}, which is ${(bare / bareBase).toFixed(2)} of that at ${NARROW}`,
        profile,
        bound,
      })
    }
    return figures
  },
}

interface Rates {
  ours: number
  bare: number
  profile: string
  bound: string
}

async function ratesOf(world: World, width: number): Promise<Rates> {
  world.say(`${width} bare Jobs, and one run of ${width} independent jobs`)
  const hand = await profiledJobs(world, width)
  const run = await byRun(world, width)
  const profile = `a job: ${profileText(run.profile)}; a bare Job: ${profileText(hand.profile)}`
  const [ours, bare] = [width / run.value, width / hand.value]
  world.say(`  ${ours.toFixed(1)} Jobs/s, ${bare.toFixed(1)} bare Jobs/s; ${profile}`)
  return { ours, bare, profile, bound: boundText(run.profile, hand.profile) }
}

async function byRun(world: World, width: number): Promise<Profiled<number>> {
  const namespace = await namespaceFor(world, `wide-${width}`)
  await post(world, namespace, template('one', podSpec('simulated')))
  const result = await profiled(world.components, width, async () =>
    secondsOf(
      await untilEnded(world, await post(world, namespace, wideFlow('wide', width, 'one')), 1_200_000),
    ),
  )
  await clear(world, namespace)
  return result
}
