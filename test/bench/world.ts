/**
 * What the figures share: a stack of its own with simulated nodes, worker and API as processes, and the calls that
 * a user would make. Nothing is loaded but this stack.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { kwok, kwokNode } from '../../deploy/local/kubernetes/kwok.ts'
import { layoutOf, localUrl } from '../../deploy/local/layout.ts'
import type { Component } from '../../deploy/local/processes/component.ts'
import { installInto, millraceParts } from '../../deploy/local/processes/millrace.ts'
import { startStack, stopStack } from '../../deploy/local/stack.ts'
import type { JsonObject } from '../../src/json.ts'
import { createKube, type Kube } from '../../src/kube/client.ts'
import { loadKubeConfig } from '../../src/kube/config.ts'
import { searchAttributes } from '../../workflows/names.ts'
import type { RunStatus } from '../../workflows/status.ts'
import { until } from '../until.ts'
import type { Figure } from './report.ts'

/** Out of the way of npm start and of the tests. */
const INDEX = 96
const SIMULATED = 20

export interface World {
  kube: Kube
  api: string
  temporal: Client
  worker: Component
  /** All processes of the stack. */
  components: Component[]
  say(line: string): void
}

/** A figure's file: what it measures, in the order of the report. */
export interface Measure {
  names: readonly string[]
  measure(world: World): Promise<Figure[]>
}

export async function openWorld(
  say: (line: string) => void,
  temporalStore: 'sqlite' | 'postgres' = 'sqlite',
): Promise<{ world: World; close(): Promise<void> }> {
  const layout = layoutOf('bench', INDEX, join(tmpdir(), 'millrace-bench'))
  await stopStack(layout, { forget: true })
  const close = (): Promise<void> => stopStack(layout, { forget: true })
  try {
    const stack = await startStack({ layout, temporalStore, report: say })
    installInto(stack)
    const { worker, api } = millraceParts(stack)
    const simulator = await kwok(layout, say)
    await Promise.all([worker.start(), api.start(), simulator.start()])
    const { kubeconfig, context, temporalAddress } = stack
    const kube = createKube(loadKubeConfig({ kubeconfig, context }))
    const connection = await Connection.connect({ address: temporalAddress })
    const temporal = new Client({ connection })
    const world = {
      kube,
      api: localUrl(layout.ports.api),
      temporal,
      worker,
      components: [...stack.components, worker, api, simulator],
      say,
    }
    await simulate(kube, SIMULATED)
    return {
      world,
      async close() {
        await kube.close()
        await connection.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Has at least so many simulated nodes, all ready. */
export async function simulate(kube: Kube, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, at) => `sim-${at}`)
  const there = async (): Promise<JsonObject[]> =>
    (await kube.list('/api/v1/nodes', { selector: 'type=kwok' })).items
  const known = new Set((await there()).map(nameOf))
  for (const name of names)
    if (!known.has(name)) await kube.create('/api/v1/nodes', kwokNode(name) as JsonObject)
  await until(`${count} simulated nodes`, async () => (await there()).filter(isReady).length >= count)
  return names
}

const isReady = (node: JsonObject): boolean => JSON.stringify(node.status ?? {}).includes('"Ready"')
export const nameOf = (object: JsonObject): string => (object.metadata as { name: string }).name

export async function post({ api }: World, namespace: string, manifest: JsonObject): Promise<string> {
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

export async function getRun({ api }: World, id: string): Promise<RunStatus> {
  const response = await fetch(`${api}/v1/runs/${id}`)
  if (!response.ok) throw new Error(`${id}: ${response.status} ${await response.text()}`)
  return (await response.json()) as RunStatus
}

/** How many runs of a namespace are in a phase, by one count in Temporal: cheap however many there are. */
export async function countOf({ temporal }: World, namespace: string, phase: string): Promise<number> {
  const query = `${searchAttributes.namespace} = '${namespace}' AND ${searchAttributes.phase} = '${phase}'`
  return (await temporal.workflow.count(`${query} AND ExecutionStatus != 'Running'`)).count
}

/** Asks Temporal and not the run: a query for the status of thousands of nodes would be part of what is measured. */
export async function untilEnded(world: World, id: string, withinMs = 600_000): Promise<RunStatus> {
  const handle = world.temporal.workflow.getHandle(id)
  const hasEnded = async (): Promise<boolean> => (await handle.describe()).status.name !== 'RUNNING'
  await until(`the end of ${id}`, hasEnded, withinMs, 250)
  const run = await getRun(world, id)
  if (run.phase !== 'Succeeded') throw new Error(`${id} has ended as ${run.phase}: ${run.message}`)
  return run
}

export const secondsOf = ({ startedAt, endedAt = startedAt }: RunStatus): number =>
  (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000
