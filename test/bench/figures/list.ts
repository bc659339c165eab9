import { createRuns } from '../../../src/temporal/runs/runs.ts'
import { until } from '../../until.ts'
import type { Env, Measure } from '../env.ts'
import { median, spreadOf } from '../stats.ts'

const STORED = 10_000
const PAGES = 200

export const list: Measure = {
  names: ['listP50Ms'],
  async measure(env) {
    env.say(`a page of 50 of ${STORED} runs`)
    await store(env)
    const latencies: number[] = []
    for (let at = 0; at < PAGES; at++) {
      const startedAt = performance.now()
      const response = await fetch(`${env.api}/v1/runs?limit=50`)
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

/** Starts runs that end at once, as the API starts them, until STORED exist. */
async function store({ temporal }: Env): Promise<void> {
  const known = (await temporal.workflow.count("WorkflowType = 'run'")).count
  const runs = createRuns({ connection: temporal.connection, namespace: 'default', uiUrl: '' })
  let at = known
  const starter = async (): Promise<void> => {
    while (at < STORED) {
      const name = `stored-${at++}`
      const run = {
        id: `jobflow.api.practice.com/default/${name}/00000000`,
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
          format: 'jobflow',
          kind: 'JobFlow',
          namespace: 'default',
          name,
          jobs: {},
          nodes: [],
          cancelled: { reason: 'Filler', message: 'a stored run for the list' },
        },
        warnings: [],
        trigger: 'api',
      })
    }
  }
  await Promise.all(Array.from({ length: 16 }, starter))
  const haveEnded = async (): Promise<boolean> =>
    (await temporal.workflow.count("WorkflowType = 'run' AND ExecutionStatus != 'Running'")).count >= STORED
  await until(`${STORED} runs have ended`, haveEnded, 600_000, 1_000)
}
