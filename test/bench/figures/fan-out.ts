import { cpuSeconds, cpuText } from '../cpu.ts'
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
    for (let round = 0; round < ROUNDS; round++) narrow.push(await jobsPerSecond(world, NARROW))
    const middle = await jobsPerSecond(world, 2_000)
    const wide = await jobsPerSecond(world, 10_000)
    const base = median(narrow)
    const note = (rate: number): string => `${rate.toFixed(1)} Jobs/s`
    return [
      { name: 'fanOut500', value: base, unit: 'Jobs/s', spread: spreadOf(narrow) },
      {
        name: 'fanOut2000Over500',
        value: middle / base,
        unit: '',
        target: { atLeast: 0.9 },
        note: note(middle),
      },
      {
        name: 'fanOut10000Over500',
        value: wide / base,
        unit: '',
        target: { atLeast: 0.9 },
        note: note(wide),
      },
    ]
  },
}

async function jobsPerSecond(world: World, width: number): Promise<number> {
  world.say(`one run of ${width} independent jobs`)
  const namespace = await namespaceFor(world, `wide-${width}`)
  await post(world, namespace, template('one', podSpec('simulated')))
  const before = cpuSeconds(world.components)
  const id = await post(world, namespace, wideFlow('wide', width, 'one'))
  const run = await untilEnded(world, id, 1_200_000)
  const rate = width / secondsOf(run)
  world.say(
    `  ${rate.toFixed(1)} Jobs/s; ms of CPU per Job: ${cpuText(before, cpuSeconds(world.components), width)}`,
  )
  await clear(world, namespace)
  return rate
}
