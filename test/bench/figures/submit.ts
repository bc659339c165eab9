import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../until.ts'
import { type Profile, profiled, profileText, totalMs } from '../cpu.ts'
import { countOf, type Env, type Measure } from '../env.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { clear, namespaceFor } from '../namespace.ts'
import type { Figure } from '../report.ts'
import { median, percentile, spreadOf } from '../stats.ts'

const PER_SECOND = 50
const SECONDS = 60
/** Without a worker, so that only the requests take CPU time. */
const ALONE_SECONDS = 20

/** Requests are sent on schedule, even if earlier ones are not answered yet. Each must become a run that ends. */
export const submit: Measure = {
  names: ['submitP50Ms', 'submitP99Ms', 'submitLost', 'submitAloneP50Ms', 'submitAloneP99Ms'],
  async measure(env) {
    const count = PER_SECOND * SECONDS
    env.say(`${PER_SECOND} requests per second for ${SECONDS} s`)
    const namespace = await namespaceFor(env, 'submit')
    const whole = await profiled(env.components, count, async () => {
      const answers = await ask(env, namespace, count)
      const accepted = answers.latencies.length
      env.say(`  ${accepted} of ${count} are accepted; waiting for them to end`)
      return { ...answers, lost: count - accepted + (await lostOf(env, namespace, accepted)) }
    })
    await clear(env, namespace)
    const { latencies, lost, refused } = whole.value
    const alone = await askAlone(env)
    const note = `${count} requests, each a run of one job${refused ? `; refused: ${refused}` : ''}`
    const profile = `requests and runs: ${profileText(whole.profile)}; only requests: ${profileText(alone.profile)}`
    const bound = boundText(whole.profile, alone.profile)
    return [
      ...percentiles('submit', latencies, { p50: 30, p99: 200 }, { note, profile, bound }),
      { name: 'submitLost', value: lost, unit: 'runs', target: { atMost: 0 } },
      ...percentiles('submitAlone', alone.latencies, undefined, {
        note: 'the same without a worker',
      }),
    ]
  },
}

/** Their runs stay open until the worker starts again, and must end then. */
async function askAlone(env: Env): Promise<{ latencies: number[]; profile: Profile }> {
  const count = PER_SECOND * ALONE_SECONDS
  env.say(`the same without a worker, for ${ALONE_SECONDS} s`)
  const namespace = await namespaceFor(env, 'alone')
  await env.worker.stop()
  const { value, profile } = await profiled(env.components, count, () => ask(env, namespace, count))
  await env.worker.start()
  await lostOf(env, namespace, count)
  await clear(env, namespace)
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
  /** Status and body of the first refusal. */
  refused?: string
}

async function ask(env: Env, namespace: string, count: number): Promise<Asked> {
  const startedAt = performance.now()
  const answers: Promise<Answer>[] = []
  for (let at = 0; at < count; at++) {
    const due = startedAt + (at * 1_000) / PER_SECOND
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    answers.push(askOne(env, namespace, `run-${at}`, due))
  }
  const all = await Promise.all(answers)
  const refused = all.find((answer) => answer.refused)?.refused
  return { latencies: all.flatMap(({ ms }) => ms ?? []), ...(refused ? { refused } : {}) }
}

/** How many accepted runs have not succeeded in the end. A refused request may still have created its run. */
async function lostOf(env: Env, namespace: string, accepted: number): Promise<number> {
  const ended = async (): Promise<boolean> => (await countOf(env, namespace, 'Succeeded')) >= accepted
  return until(`${accepted} runs have succeeded`, ended, 600_000, 1_000).then(
    () => 0,
    async () => accepted - (await countOf(env, namespace, 'Succeeded')),
  )
}

interface Answer {
  /** Milliseconds from the time when it was due until its response. */
  ms?: number
  refused?: string
}

/** Never throws: a refused request counts as a lost run. */
async function askOne({ api }: Env, namespace: string, name: string, due: number): Promise<Answer> {
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
