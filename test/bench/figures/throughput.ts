import { until } from '../../until.ts'
import { alternate, ratiosOf } from '../alternate.ts'
import { profileBareJobs } from '../bare.ts'
import { type Profiled, profiled } from '../cpu.ts'
import { countOf, type Env, type Measure, post } from '../env.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import { median, spreadOf } from '../stats.ts'

const RUNS = 300
const STEPS = 5
const POSTS_AT_ONCE = 16
const ROUNDS = 3
const COUNT = RUNS * STEPS

export const throughput: Measure = {
  names: ['throughputRatio', 'stepsPerSecond'],
  async measure(env) {
    env.say(`${COUNT} bare Jobs`)
    const measured = await alternate({
      count: ROUNDS,
      piece: 'a step',
      ours: () => rateOf(profileRuns(env)),
      bare: () => rateOf(profileBareJobs(env, COUNT)),
      onStart: (round) => env.say(`${RUNS} runs of ${STEPS} steps, and as many bare Jobs, ${round}`),
      onEnd: ({ ours, bare, profile }) =>
        env.say(`  ${ours.at(-1)?.toFixed(1)} steps/s, ${bare.at(-1)?.toFixed(1)} bare Jobs/s; ${profile}`),
    })
    const { ours, bare, profile, bound } = measured
    const ratios = ratiosOf(measured)
    return [
      {
        name: 'throughputRatio',
        value: median(ratios),
        unit: '',
        target: { atLeast: 0.6 },
        spread: spreadOf(ratios),
        note: `${RUNS} runs of ${STEPS} chained jobs; bare Jobs, all at once: ${median(bare).toFixed(0)} Jobs/s`,
        profile,
        bound,
      },
      { name: 'stepsPerSecond', value: median(ours), unit: 'steps/s', spread: spreadOf(ours) },
    ]
  },
}

/** Jobs or steps per second, of the seconds that all of them took. */
async function rateOf(measuring: Promise<Profiled<number>>): Promise<Profiled<number>> {
  const { value, profile } = await measuring
  return { value: COUNT / value, profile }
}

async function profileRuns(env: Env): Promise<Profiled<number>> {
  const namespace = await namespaceFor(env, 'many')
  const result = await profiled(env.components, COUNT, () => runs(env, namespace))
  await clear(env, namespace)
  return result
}

/** Seconds from the first request until every run has succeeded. */
async function runs(env: Env, namespace: string): Promise<number> {
  const pod = podSpec('simulated')
  const startedAt = performance.now()
  let at = 0
  const poster = async (): Promise<void> => {
    while (at < RUNS) await post(env, namespace, chainFlow(`run-${at++}`, STEPS, pod))
  }
  await Promise.all(Array.from({ length: POSTS_AT_ONCE }, poster))
  const ended = async (): Promise<boolean> => (await countOf(env, namespace, 'Succeeded')) === RUNS
  await until(`${RUNS} runs have succeeded`, ended, 600_000, 500)
  return (performance.now() - startedAt) / 1_000
}
