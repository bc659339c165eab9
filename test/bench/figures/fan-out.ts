import { profiled } from '../cpu.ts'
import { podSpec, template, wideFlow } from '../manifests.ts'
import { median, spreadOf } from '../stats.ts'
import { clear, type Measure, namespaceFor, post, secondsOf, untilEnded, type World } from '../world.ts'

const NARROW = 500
const ROUNDS = 3

/** Jobs per second of one run, by how many of them it has side by side. */
export const fanOut: Measure = {
  names: ['fanOut500', 'fanOut2000Over500', 'fanOut10000Over500'],
  async measure(world) {
    const narrow: number[] = []
    for (let round = 0; round < ROUNDS; round++) narrow.push((await jobsPerSecond(world, NARROW)).rate)
    const middle = await jobsPerSecond(world, 2_000)
    const wide = await jobsPerSecond(world, 10_000)
    const base = median(narrow)
    return [
      { name: 'fanOut500', value: base, unit: 'Jobs/s', spread: spreadOf(narrow) },
      {
        name: 'fanOut2000Over500',
        value: middle.rate / base,
        unit: '',
        target: { atLeast: 0.9 },
        note: `${middle.rate.toFixed(1)} Jobs/s`,
        profile: middle.profile,
      },
      {
        name: 'fanOut10000Over500',
        value: wide.rate / base,
        unit: '',
        target: { atLeast: 0.9 },
        note: `${wide.rate.toFixed(1)} Jobs/s`,
        profile: wide.profile,
      },
    ]
  },
}

async function jobsPerSecond(world: World, width: number): Promise<{ rate: number; profile: string }> {
  world.say(`one run of ${width} independent jobs`)
  const namespace = await namespaceFor(world, `wide-${width}`)
  await post(world, namespace, template('one', podSpec('simulated')))
  const { value: run, profile } = await profiled(world.components, width, async () =>
    untilEnded(world, await post(world, namespace, wideFlow('wide', width, 'one')), 1_200_000),
  )
  const rate = width / secondsOf(run)
  world.say(`  ${rate.toFixed(1)} Jobs/s; ${profile}`)
  await clear(world, namespace)
  return { rate, profile }
}
