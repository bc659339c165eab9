import { profileBareJobs } from '../bare.ts'
import { boundText, type Profiled, profiled, profileText } from '../cpu.ts'
import { type Env, type Measure, post, secondsOf, untilEnded } from '../env.ts'
import { podSpec, template, wideFlow } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import type { Figure } from '../report.ts'
import { median, spreadOf } from '../stats.ts'

const NARROW = 500
const ROUNDS = 3
const WIDER = [2_000, 10_000]

/** Jobs per second of one run by its width, and of as many bare Jobs. */
export const fanOut: Measure = {
  names: ['fanOut500', ...WIDER.map((width) => `fanOut${width}Over500`)],
  async measure(env) {
    const rates: Rates[] = []
    for (let round = 0; round < ROUNDS; round++) rates.push(await ratesOf(env, NARROW))
    const ours = rates.map((each) => each.ours)
    const base = median(ours)
    const bareBase = median(rates.map(({ bare }) => bare))
    const figures: Figure[] = [
      {
        name: 'fanOut500',
        value: base,
        unit: 'Jobs/s',
        spread: spreadOf(ours),
        note: `bare Jobs: ${bareBase.toFixed(1)} Jobs/s`,
      },
    ]
    for (const width of WIDER) {
      const { ours, bare, profile, bound } = await ratesOf(env, width)
      figures.push({
        name: `fanOut${width}Over500`,
        value: ours / base,
        unit: '',
        target: { atLeast: 0.9 },
        note: `${ours.toFixed(1)} Jobs/s; bare Jobs: ${bare.toFixed(1)}, which is ${(bare / bareBase).toFixed(2)} of that at ${NARROW}`,
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

async function ratesOf(env: Env, width: number): Promise<Rates> {
  env.say(`${width} bare Jobs, and one run of ${width} independent jobs`)
  const bareJobs = await profileBareJobs(env, width)
  const run = await profileRun(env, width)
  const profile = `a job: ${profileText(run.profile)}; a bare Job: ${profileText(bareJobs.profile)}`
  const [ours, bare] = [width / run.value, width / bareJobs.value]
  env.say(`  ${ours.toFixed(1)} Jobs/s, ${bare.toFixed(1)} bare Jobs/s; ${profile}`)
  return { ours, bare, profile, bound: boundText(run.profile, bareJobs.profile) }
}

async function profileRun(env: Env, width: number): Promise<Profiled<number>> {
  const namespace = await namespaceFor(env, `wide-${width}`)
  await post(env, namespace, template('one', podSpec('simulated')))
  const result = await profiled(env.components, width, async () =>
    secondsOf(await untilEnded(env, await post(env, namespace, wideFlow('wide', width, 'one')), 1_200_000)),
  )
  await clear(env, namespace)
  return result
}
