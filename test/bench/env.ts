/**
 * The environment that the figures share: a stack of its own with simulated nodes, worker and API as processes, and the
 * requests that a user would send.
 */
import { Client, Connection } from '@temporalio/client'
import { kwok, kwokNode } from '../../deploy/local/kubernetes/kwok/kwok.ts'
import { localUrl } from '../../deploy/local/layout.ts'
import type { Component } from '../../deploy/local/processes/component.ts'
import { installInto, millraceComponents } from '../../deploy/local/processes/millrace-components.ts'
import { together } from '../../deploy/local/processes/together.ts'
import { withRollback } from '../../deploy/local/processes/with-rollback.ts'
import { ensurePrograms } from '../../deploy/local/programs/ensure-programs.ts'
import { simulatorPrograms } from '../../deploy/local/programs/program.ts'
import { type Stack, startStack } from '../../deploy/local/stack.ts'
import { createKube, type Kube } from '../../src/kubernetes/client/client.ts'
import { loadKubeConfig } from '../../src/kubernetes/client/config.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { searchAttributes } from '../../src/model/temporal-names.ts'
import { takeStack } from '../take-stack.ts'
import { until } from '../until.ts'
import type { Figure } from './report.ts'

const SIMULATED = 20

export interface Env {
  kube: Kube
  api: string
  temporal: Client
  worker: Component
  /** All processes of the stack. */
  components: Component[]
  say(line: string): void
}

/** The figures that a file measures, in the order of the report. */
export interface Measure {
  names: readonly string[]
  measure(env: Env): Promise<Figure[]>
}

export interface OpenEnv {
  env: Env
  close(): Promise<void>
}

export async function openEnv(
  say: (line: string) => void,
  temporalStore: 'sqlite' | 'postgres',
  signal: AbortSignal,
): Promise<OpenEnv> {
  const { layout, release } = await takeStack('bench', { report: say, signal })
  const options = { report: say, signal }
  return withRollback(async () => {
    const programs = await ensurePrograms(simulatorPrograms, options)
    const stack = await startStack({ layout, temporalStore, ...options })
    await installInto(stack, signal)
    const { worker, api } = millraceComponents(stack)
    const simulator = kwok(layout, programs.kwok)
    await together(
      signal,
      [worker, api, simulator].map((part) => (signal) => part.start(signal)),
    )
    return connect(stack, { worker, components: [...stack.components, worker, api, simulator], say }, release)
  }, release)
}

async function connect(
  { kubeconfig, context, temporalAddress, layout }: Stack,
  parts: Pick<Env, 'worker' | 'components' | 'say'>,
  release: () => Promise<void>,
): Promise<OpenEnv> {
  const kube = createKube(loadKubeConfig({ kubeconfig, context }))
  const connection = await Connection.connect({ address: temporalAddress })
  const temporal = new Client({ connection })
  await simulate(kube, SIMULATED)
  return {
    env: { kube, api: localUrl(layout.ports.api), temporal, ...parts },
    async close() {
      await kube.close()
      await connection.close()
      await release()
    },
  }
}

/** Creates simulated nodes until `count` exist, and waits until they are ready. */
export async function simulate(kube: Kube, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, at) => `sim-${at}`)
  const existing = async (): Promise<JsonObject[]> =>
    (await kube.list('/api/v1/nodes', { selector: 'type=kwok' })).items
  const known = new Set((await existing()).map(nameOf))
  for (const name of names)
    if (!known.has(name)) await kube.create('/api/v1/nodes', kwokNode(name) as JsonObject)
  await until(`${count} simulated nodes`, async () => (await existing()).filter(isReady).length >= count)
  return names
}

const isReady = (node: JsonObject): boolean => JSON.stringify(node.status ?? {}).includes('"Ready"')
export const nameOf = (object: JsonObject): string => (object.metadata as { name: string }).name

export async function post({ api }: Env, namespace: string, manifest: JsonObject): Promise<string> {
  const response = await fetch(`${api}/v1/manifests?namespace=${namespace}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(manifest),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 2_000)}`)
  const { results } = JSON.parse(text) as { results: { runId?: string }[] }
  return results[0]?.runId ?? ''
}

export async function getRun({ api }: Env, id: string): Promise<RunStatus> {
  const response = await fetch(`${api}/v1/runs/${id}`)
  if (!response.ok) throw new Error(`${id}: ${response.status} ${await response.text()}`)
  return (await response.json()) as RunStatus
}

/** How many ended runs of a namespace are in a phase. One count in Temporal, which is cheap for any number. */
export async function countOf({ temporal }: Env, namespace: string, phase: string): Promise<number> {
  const query = `${searchAttributes.namespace} = '${namespace}' AND ${searchAttributes.phase} = '${phase}'`
  return (await temporal.workflow.count(`${query} AND ExecutionStatus != 'Running'`)).count
}

/** Asks Temporal for the execution, because a query for the status of thousands of nodes would affect the figure. */
export async function untilEnded(env: Env, id: string, withinMs = 600_000): Promise<RunStatus> {
  const handle = env.temporal.workflow.getHandle(id)
  const hasEnded = async (): Promise<boolean> => (await handle.describe()).status.name !== 'RUNNING'
  await until(`the end of ${id}`, hasEnded, withinMs, 250)
  const run = await getRun(env, id)
  if (run.phase !== 'Succeeded') throw new Error(`${id} has ended as ${run.phase}: ${run.message}`)
  return run
}

export const secondsOf = ({ startedAt, endedAt = startedAt }: RunStatus): number =>
  (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000
