import { setTimeout as sleep } from 'node:timers/promises'
import { createRuns } from '../../../src/temporal/runs.ts'
import { until } from '../../until.ts'
import { chainFlow, podSpec } from '../manifests.ts'
import { median, percentile, spreadOf } from '../stats.ts'
import { clear, countOf, type Measure, namespaceFor, type World } from '../world.ts'

const PER_SECOND = 50
const SECONDS = 60
const STORED = 10_000
const PAGES = 200

/** Requests come at their times whether or not those before were answered, and each must become a run that ends. */
export const submit: Measure = {
  names: ['submitP50Ms', 'submitP99Ms', 'submitLost'],
  async measure(world) {
    const count = PER_SECOND * SECONDS
    world.say(`${PER_SECOND} runs a second are asked for, for ${SECONDS} s`)
    const namespace = await namespaceFor(world, 'submit')
    const startedAt = performance.now()
    const answers: Promise<Answer>[] = []
    for (let at = 0; at < count; at++) {
      const due = startedAt + (at * 1_000) / PER_SECOND
      if (due > performance.now()) await sleep(due - performance.now())
      answers.push(submitOne(world, namespace, `run-${at}`, due))
    }
    const all = await Promise.all(answers)
    const latencies = all.flatMap(({ ms }) => ms ?? [])
    const refused = all.find(({ refused }) => refused)?.refused
    world.say(`  ${latencies.length} of ${count} are accepted; waiting for them to end`)
    const ended = async (): Promise<boolean> => (await countOf(world, namespace, 'Succeeded')) === count
    const lost = await until(`${count} runs have succeeded`, ended, 600_000, 1_000).then(
      () => 0,
      async () => count - (await countOf(world, namespace, 'Succeeded')),
    )
    await clear(world, namespace)
    const note = `${count} requests, each a run of one job${refused ? `; refused: ${refused}` : ''}`
    const spread = spreadOf(latencies)
    return [
      { name: 'submitP50Ms', value: median(latencies), unit: 'ms', target: { atMost: 30 }, spread, note },
      { name: 'submitP99Ms', value: percentile(latencies, 99), unit: 'ms', target: { atMost: 200 } },
      { name: 'submitLost', value: lost, unit: 'runs', target: { atMost: 0 } },
    ]
  },
}

interface Answer {
  /** Milliseconds from when it was due to its answer. */
  ms?: number
  refused?: string
}

/** Never throws: what is refused is a run lost. */
async function submitOne({ api }: World, namespace: string, name: string, due: number): Promise<Answer> {
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

export const list: Measure = {
  names: ['listP50Ms'],
  async measure(world) {
    world.say(`a page of 50 of ${STORED} runs`)
    await store(world)
    const latencies: number[] = []
    for (let at = 0; at < PAGES; at++) {
      const startedAt = performance.now()
      const response = await fetch(`${world.api}/v1/runs?limit=50`)
      const { runs } = (await response.json()) as { runs: unknown[] }
      latencies.push(performance.now() - startedAt)
      if (runs.length !== 50) throw new Error(`a page of ${runs.length}`)
    }
    const value = median(latencies)
    const note = `of ${STORED} runs and more`
    return [
      { name: 'listP50Ms', value, unit: 'ms', target: { atMost: 50 }, spread: spreadOf(latencies), note },
    ]
  },
}

/** Fills up with runs that end at once, started as the API starts them. */
async function store({ temporal }: World): Promise<void> {
  const known = (await temporal.workflow.count("WorkflowType = 'run'")).count
  const runs = createRuns({ connection: temporal.connection, namespace: 'default', uiUrl: '' })
  let at = known
  const starter = async (): Promise<void> => {
    while (at < STORED) {
      const name = `stored-${at++}`
      const run = {
        id: `jobflow/default/${name}/00000000`,
        apiVersion: 'api.practice.com/v1alpha1',
        kind: 'JobFlow',
        namespace: 'default',
        name,
        uid: name,
      }
      await runs.start({
        run,
        plan: {
          version: 1,
          kind: 'JobFlow',
          namespace: 'default',
          name,
          jobs: {},
          nodes: [],
          cancelled: { reason: 'Filler', message: 'it is only to be there' },
        },
        warnings: [],
        trigger: 'api',
      })
    }
  }
  await Promise.all(Array.from({ length: 16 }, starter))
  const all = async (): Promise<boolean> =>
    (await temporal.workflow.count("WorkflowType = 'run' AND ExecutionStatus != 'Running'")).count >= STORED
  await until(`${STORED} runs have ended`, all, 600_000, 1_000)
}
