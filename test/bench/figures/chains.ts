import { bareChain } from '../bare.ts'
import { type Measure, post, secondsOf, untilEnded } from '../env.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import { observeGaps } from '../observer.ts'
import type { Figure } from '../report.ts'
import { median, percentile, spreadOf } from '../stats.ts'

const STEPS = 10
const REAL_ROUNDS = 3
const SIMULATED_ROUNDS = 20

/** Chains by Millrace and with bare Jobs alternate, so that a busy minute of the machine affects both. */
export const chainReal: Measure = {
  names: ['chainRealRatio', 'chainRealSecondsPerStep'],
  async measure(env) {
    const namespace = await namespaceFor(env, 'chain')
    const pod = podSpec('real')
    const ours: number[] = []
    const bare: number[] = []
    for (let round = 0; round < REAL_ROUNDS; round++) {
      env.say(`chain of ${STEPS} on the real node, round ${round + 1} of ${REAL_ROUNDS}`)
      const id = await post(env, namespace, chainFlow(`ours-${round}`, STEPS, pod))
      ours.push(secondsOf(await untilEnded(env, id)) / STEPS)
      bare.push((await bareChain(env.kube, namespace, `bare-${round}`, STEPS, pod)) / STEPS)
      await clear(env, namespace)
    }
    const ratios = ours.map((value, at) => value / (bare[at] ?? Number.NaN))
    const note = `a chain of ${STEPS}; bare Jobs: ${median(bare).toFixed(2)} s per step`
    return [
      {
        name: 'chainRealRatio',
        value: median(ratios),
        unit: '',
        target: { atMost: 0.72 },
        spread: spreadOf(ratios),
        note,
      },
      { name: 'chainRealSecondsPerStep', value: median(ours), unit: 's', spread: spreadOf(ours) },
    ]
  },
}

export const chainSimulated: Measure = {
  names: ['chainKwokSecondsPerStep', 'gapP50Ms', 'gapP99Ms'],
  async measure(env) {
    const namespace = await namespaceFor(env, 'gaps')
    const pod = podSpec('simulated')
    const observer = await observeGaps(env, namespace)
    const ours: number[] = []
    env.say(`${SIMULATED_ROUNDS} chains of ${STEPS} on simulated nodes`)
    for (let round = 0; round < SIMULATED_ROUNDS; round++) {
      const id = await post(env, namespace, chainFlow(`c${round}`, STEPS, pod))
      ours.push(secondsOf(await untilEnded(env, id)) / STEPS)
    }
    await observer.stop()
    const bare = (await bareChain(env.kube, namespace, 'bare', STEPS, pod)) / STEPS
    await clear(env, namespace)
    return [
      {
        name: 'chainKwokSecondsPerStep',
        value: median(ours),
        unit: 's',
        target: { atMost: 0.12 },
        spread: spreadOf(ours),
        note: `bare Jobs: ${bare.toFixed(2)} s`,
      },
      ...gapFigures(observer.gapsMs()),
    ]
  },
}

function gapFigures(gaps: number[]): Figure[] {
  const note = `${gaps.length} gaps: from a step's succeeded pod to the next step's Job`
  const spread = spreadOf(gaps)
  return [
    { name: 'gapP50Ms', value: median(gaps), unit: 'ms', target: { atMost: 40 }, spread, note },
    { name: 'gapP99Ms', value: percentile(gaps, 99), unit: 'ms', target: { atMost: 150 } },
  ]
}
