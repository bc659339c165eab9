/** The requests of a user to the API of the test stack, which test/stack.ts started as a process. */
import { expect, inject } from 'vitest'
import type { RunStatus } from '../../src/model/run-status.ts'
import { until } from '../until.ts'

export interface SubmitResult {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses as a client would
  body: any
}

export const apiUrl = (): string => inject('stack').apiUrl

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

/** Posts one manifest that must start a run. Resolves with the run's id. */
export async function startRun(text: string, namespace: string, at = apiUrl()): Promise<string> {
  const { status, body } = await post(text, namespace, '', at)
  expect(body, JSON.stringify(body)).toMatchObject({ results: expect.any(Array) })
  expect(status, JSON.stringify(body)).toBe(200)
  const started = body.results.find((result: { runId?: string }) => result.runId)
  expect(started?.result, JSON.stringify(body)).toBe('created')
  return started.runId
}

/** Starts a run of a stored definition. Resolves with its id. */
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

export async function getRun(id: string, at = apiUrl()): Promise<RunStatus> {
  let run: RunStatus | undefined
  await until(`a status of ${id}`, async () => {
    run = await tryGetRun(id, at)
    return run !== undefined
  })
  return run as RunStatus
}

/** Undefined if Temporal is too busy: then the API answers 503, and the request may be repeated. */
async function tryGetRun(id: string, at = apiUrl()): Promise<RunStatus | undefined> {
  const response = await fetch(`${at}/v1/runs/${id}`)
  const body = await response.json()
  if (response.status === 503) return undefined
  expect(response.status, JSON.stringify(body)).toBe(200)
  return body as RunStatus
}

export const untilEnded = (id: string, withinMs?: number): Promise<RunStatus> =>
  untilRun(id, 'ended', (run) => run.endedAt !== undefined && hasNodes(run), withinMs)

/** Only a worker can report how the nodes of a cancelled run ended, and another test may have just killed it. */
const hasNodes = ({ phase, nodes }: RunStatus): boolean => phase !== 'Cancelled' || nodes.length > 0

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
      run = (await tryGetRun(id)) ?? run
      // Without a worker, which another test may have killed, an open run shows no nodes.
      const isReported = run.nodes.length > 0 || run.endedAt !== undefined
      return isReported && holds(run)
    },
    withinMs,
  )
  return run
}

export const cancel = (id: string): Promise<Response> =>
  fetch(`${apiUrl()}/v1/runs/${id}/cancel`, { method: 'POST' })

export async function logOf(id: string, node: string, query = ''): Promise<string> {
  const response = await fetch(`${apiUrl()}/v1/runs/${id}/logs?node=${encodeURIComponent(node)}${query}`)
  return await response.text()
}
