/**
 * What the real-stack tests share: the API of the stack that test/stack.ts brought up, its cluster, a namespace
 * per test file, and waiting for conditions. Nothing here stands in for anything: every call goes over HTTP to
 * the API process, every object is in the API server, every container is run by the kubelet.
 */

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { createKube, type Kube } from '../../src/kubernetes/client/client.ts'
import { loadKubeConfig } from '../../src/kubernetes/client/config.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import type { NodeStatus, RunStatus } from '../../src/model/run-status.ts'
import type { RunView } from '../../src/operations/runs/get-run.ts'
import { createNamespace } from '../create-namespace.ts'
import { until } from '../until.ts'

export { until }

export const root = join(import.meta.dirname, '../..')

export interface SubmitResult {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as a client would
  body: any
}

let shared: Kube | undefined

export function kube(): Kube {
  const { kubeconfig, context } = inject('stack')
  shared ??= createKube(loadKubeConfig({ kubeconfig, context }))
  return shared
}

export const apiUrl = (): string => inject('stack').apiUrl

/** A namespace with a default service account, so that pods can start in it at once. */
export async function makeNamespace(prefix: string, client: Kube = kube()): Promise<string> {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`
  await createNamespace(client, name)
  return name
}

export const dropNamespace = (name: string, client: Kube = kube()): Promise<void> =>
  client.delete(`/api/v1/namespaces/${name}`, { propagationPolicy: 'Background' })

/** `at` is the API of a stack of the test's own. */
export async function post(
  text: string,
  namespace: string,
  query = '',
  at = apiUrl(),
): Promise<SubmitResult> {
  const response = await fetch(`${at}/v1/manifests?namespace=${namespace}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: text,
  })
  return { status: response.status, body: await response.json() }
}

/** Posts one manifest that must start a run; resolves with the run's id. */
export async function startRun(text: string, namespace: string, at = apiUrl()): Promise<string> {
  const { status, body } = await post(text, namespace, '', at)
  expect(body, JSON.stringify(body)).toMatchObject({ results: expect.any(Array) })
  expect(status, JSON.stringify(body)).toBe(200)
  const started = body.results.find((result: { runId?: string }) => result.runId)
  expect(started?.result, JSON.stringify(body)).toBe('created')
  return started.runId
}

export async function getRun(id: string): Promise<RunStatus> {
  let run: RunStatus | undefined
  await until(`an answer about ${id}`, async () => {
    run = await askForRun(id)
    return run !== undefined
  })
  return run as RunStatus
}

/** undefined when Temporal was too busy to answer in time: the API says so, and that one should ask again. */
async function askForRun(id: string): Promise<RunStatus | undefined> {
  const response = await fetch(`${apiUrl()}/v1/runs/${id}`)
  const body = await response.json()
  if (response.status === 503) return undefined
  expect(response.status, JSON.stringify(body)).toBe(200)
  return body as RunStatus
}

export const untilEnded = (id: string, withinMs?: number): Promise<RunStatus> =>
  untilRun(id, 'ended', (run) => run.endedAt !== undefined && isWhole(run), withinMs)

/** How the nodes of a cancelled run ended is a worker's to tell, and another test may just have killed it. */
const isWhole = ({ phase, nodes }: RunStatus): boolean => phase !== 'Cancelled' || nodes.length > 0

export async function untilRun(
  id: string,
  what: string,
  holds: (run: RunStatus) => boolean,
  withinMs?: number,
): Promise<RunStatus> {
  let run = await getRun(id)
  await until(
    () => `${id} ${what}; it is ${JSON.stringify(run, null, 1)}`,
    async () => {
      run = (await askForRun(id)) ?? run
      // While another test has killed the worker, nobody can say how the nodes are.
      const isTold = run.nodes.length > 0 || run.endedAt !== undefined
      return isTold && holds(run)
    },
    withinMs,
  )
  return run
}

export const nodeOf = (run: RunStatus, id: string): NodeStatus => {
  const node = run.nodes.find((one) => one.id === id)
  if (!node) throw new Error(`no node ${id} in ${run.nodes.map((one) => one.id).join(', ')}`)
  return node
}

/** Milliseconds since 1970 of a node's first attempt; NaN where it has none. */
export const startedAt = (run: RunStatus, id: string): number =>
  Date.parse(nodeOf(run, id).attempts[0]?.startedAt ?? '')
export const endedAt = (run: RunStatus, id: string): number =>
  Date.parse(nodeOf(run, id).attempts[0]?.endedAt ?? '')

/** A Job that Millrace has not made. */
export const makeForeignJob = (namespace: string, name: string): Promise<JsonObject> => {
  const containers = [{ name: 'c', image: 'busybox:1.28', command: ['true'] }]
  return kube().create(`/apis/batch/v1/namespaces/${namespace}/jobs`, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { template: { spec: { restartPolicy: 'Never', containers } } },
  })
}

export async function jobs(namespace: string): Promise<JsonObject[]> {
  return (await kube().list(`/apis/batch/v1/namespaces/${namespace}/jobs`)).items
}

export async function pods(namespace: string): Promise<JsonObject[]> {
  return (await kube().list(`/api/v1/namespaces/${namespace}/pods`)).items
}

/** A folder on the machine, for a volume; it goes with the state of the stack. */
export function makeFolder(): string {
  const folder = join(inject('stack').stateDir, 'test-folders', randomBytes(6).toString('hex'))
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Containers wait here until a test lets them go on, however long it takes to come to that. */
export interface Gate {
  /** One of the volumes of a pod. */
  volume: JsonObject
  /** One of the mounts of a container. */
  mount: JsonObject
  /** Shell words that wait. */
  wait: string
  open(): void
}

export function makeGate(): Gate {
  const folder = makeFolder()
  return {
    volume: { name: 'gate', hostPath: { path: folder } },
    mount: { name: 'gate', mountPath: '/gate' },
    wait: 'until [ -e /gate/open ]; do sleep 0.2; done',
    open: () => writeFileSync(join(folder, 'open'), ''),
  }
}

export const nameOf = (object: JsonObject): string => (object.metadata as { name: string }).name
export const namesOf = (objects: JsonObject[]): string[] => objects.map(nameOf).sort()

export async function logOf(id: string, node: string, query = ''): Promise<string> {
  const response = await fetch(`${apiUrl()}/v1/runs/${id}/logs?node=${encodeURIComponent(node)}${query}`)
  return await response.text()
}

/** A sample of one of the seeds, byte for byte. */
export const samplesOf = (seed: string): string => join(root, '../shared/manifests', seed)
export const sampleOf = (seed: string, file: string): string =>
  readFileSync(join(samplesOf(seed), file), 'utf8')
/** Says so where they are not: then nothing is tried on them. */
export function hasSamples(seed: string): boolean {
  const isThere = existsSync(samplesOf(seed))
  if (!isThere) console.warn(`skipped: the sample manifests are not at ${samplesOf(seed)}`)
  return isThere
}
export const sample = (file: string): string => sampleOf('job-deploy-operator', file)
/** What the globalParams of those samples put into every container, and on every Job and pod. */
export const sampleEnv = [
  { name: 'FOO', value: 'bar' },
  { name: 'QUE', value: 'pasa' },
]
export const sampleMarks = {
  labels: { key1: 'value1', key2: 'value2' },
  annotations: { key1: 'value1', key2: 'value2' },
}
/** A copy that sleeps a second where the original sleeps ten or a hundred. */
export const hurried = (text: string): string => text.replace(/sleep 10+s?/g, 'sleep 1')

/** Of a JobFlow or DaemonJob: what its own status lists. */
export function jobStatusList({ objectStatus }: Pick<RunView, 'objectStatus'>): Record<string, object> {
  if (!('jobStatusList' in objectStatus)) throw new Error('this kind has no list of Jobs in its status')
  return objectStatus.jobStatusList
}

/** Starts a run of a stored definition; resolves with its id. */
export async function startOf(
  namespace: string,
  request: { definition: { kind: string; name: string }; inputs?: unknown; name?: string },
): Promise<string> {
  const response = await fetch(`${apiUrl()}/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ namespace, ...request }),
  })
  const body = (await response.json()) as { id: string }
  expect(response.status, JSON.stringify(body)).toBe(201)
  return body.id
}

export const cancel = (id: string): Promise<Response> =>
  fetch(`${apiUrl()}/v1/runs/${id}/cancel`, { method: 'POST' })

/** The steps of a node's latest attempt, as `name: phase`. */
export const stepsOf = (run: RunStatus, node = 'steps'): string[] =>
  (nodeOf(run, node).attempts.at(-1)?.steps ?? []).map(({ name, phase }) => `${name}: ${phase}`)
