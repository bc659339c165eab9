import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../until.ts'
import { type Profile, profiled, profileText, totalMs } from '../cpu.ts'
import { countOf, type Measure, type World } from '../env.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import type { Figure } from '../report.ts'
import { median, percentile, spreadOf } from '../stats.ts'

const PER_SECOND = 50
const SECONDS = 60
/** Without a worker, so that nothing but the asking takes time. */
const ALONE_SECONDS = 20

/** Requests come at their times whether or not those before were answered, and each must become a run that ends. */
export const submit: Measure = {
  names: ['submitP50Ms', 'submitP99Ms', 'submitLost', 'submitAloneP50Ms', 'submitAloneP99Ms'],
  async measure(world) {
    const count = PER_SECOND * SECONDS
    world.say(`${PER_SECOND} runs a second are asked for, for ${SECONDS} s`)
    const namespace = await namespaceFor(world, 'submit')
    const whole = await profiled(world.components, count, async () => {
      const answers = await ask(world, namespace, count)
      const accepted = answers.latencies.length
      world.say(`  ${accepted} of ${count} are accepted; waiting for them to end`)
      return { ...answers, lost: count - accepted + (await lostOf(world, namespace, accepted)) }
    })
    await clear(world, namespace)
    const { latencies, lost, refused } = whole.value
    const alone = await askAlone(world)
    const note = `${count} requests, each a run of one job${refused ? `; refused: ${refused}` : ''}`
    const profile = `asked and done: ${profileText(whole.profile)}; only asked: ${profileText(alone.profile)}`
    const bound = boundText(whole.profile, alone.profile)
    return [
      ...percentiles('submit', latencies, { p50: 30, p99: 200 }, { note, profile, bound }),
      { name: 'submitLost', value: lost, unit: 'runs', target: { atMost: 0 } },
      ...percentiles('submitAlone', alone.latencies, undefined, {
        note: 'the same while no worker is there',
      }),
    ]
  },
}

/** Their runs stay open until a worker comes, and then they end too. */
async function askAlone(world: World): Promise<{ latencies: number[]; profile: Profile }> {
  const count = PER_SECOND * ALONE_SECONDS
  world.say(`the same without a worker, for ${ALONE_SECONDS} s`)
  const namespace = await namespaceFor(world, 'alone')
  await world.worker.stop()
  const { value, profile } = await profiled(world.components, count, () => ask(world, namespace, count))
  await world.worker.start()
  await lostOf(world, namespace, count)
  await clear(world, namespace)
  return { latencies: value.latencies, profile }
}

function percentiles(
  name: string,
  latencies: readonly number[],
  target: { p50: number; p99: number } | undefined,
  more: Partial<Figure>,
): Figure[] {
  const spread = spreadOf(latencies)
  const at = (share: 'p50' | 'p99'): Pick<Figure, 'target'> =>
    target ? { target: { atMost: target[share] } } : {}
  return [
    { name: `${name}P50Ms`, value: median(latencies), unit: 'ms', spread, ...at('p50'), ...more },
    { name: `${name}P99Ms`, value: percentile(latencies, 99), unit: 'ms', ...at('p99') },
  ]
}

function boundText(whole: Profile, alone: Profile): string {
  const [all, asking] = [totalMs(whole), totalMs(alone)]
  const wanted = ((all * PER_SECOND) / 1_000).toFixed(1)
  return (
    `CPU: to accept a run takes ${asking.toFixed(0)} ms of it and to do it ${(all - asking).toFixed(0)} ms more, so ` +
    `${PER_SECOND} in a second want ${wanted} cores of ${cpus().length}, and requests wait for their share`
  )
}

interface Asked {
  latencies: number[]
  /** The first refusal in words. */
  refused?: string
}

async function ask(world: World, namespace: string, count: number): Promise<Asked> {
  const startedAt = performance.now()
  const answers: Promise<Answer>[] = []
  for (let at = 0; at < count; at++) {
    const due = startedAt + (at * 1_000) / PER_SECOND
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    answers.push(askOne(world, namespace, `run-${at}`, due))
  }
  const all = await Promise.all(answers)
  const refused = all.find((answer) => answer.refused)?.refused
  return { latencies: all.flatMap(({ ms }) => ms ?? []), ...(refused ? { refused } : {}) }
}

/** How many of the accepted ones have not succeeded in the end. Some that were refused may have been made. */
async function lostOf(world: World, namespace: string, accepted: number): Promise<number> {
  const ended = async (): Promise<boolean> => (await countOf(world, namespace, 'Succeeded')) >= accepted
  return until(`${accepted} runs have succeeded`, ended, 600_000, 1_000).then(
    () => 0,
    async () => accepted - (await countOf(world, namespace, 'Succeeded')),
  )
}

interface Answer {
  /** Milliseconds from when it was due to its answer. */
  ms?: number
  refused?: string
}

/** Never throws: what is refused is a run lost. */
async function askOne({ api }: World, namespace: string, name: string, due: number): Promise<Answer> {
  const manifest = chainFlow(name, 1, podSpec('simulated'))
  try {
    const response = await fetch(`${api}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ namespace, manifest }),
    })
    const text = await response.text()
    return response.status === 201
      ? { ms: performance.now() - due }
      : { refused: `${response.status} ${text.slice(0, 300)}` }
  } catch (error) {
    return { refused: String(error) }
  }
}
