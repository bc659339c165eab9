import { isJsonObject, type JsonObject, listAt, objectAt } from '../../src/lib/json.ts'
import { RUN_ID_ANNOTATION, RUN_LABEL } from '../../src/model/labels.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { until } from '../until.ts'
import type { FoundObject } from './check.ts'
import type { Env } from './env.ts'
import type { ExpectedRun } from './expected.ts'

/** Timeout of a call, which may find every server down. */
const CALL_MS = 10_000

/** Undefined if no response comes. */
async function ask(
  url: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(CALL_MS) })
    return { status: response.status, body: await response.json() }
  } catch {
    return undefined
  }
}

/** Posts a run's manifests until they are accepted: a run whose manifest is posted twice starts once. Resolves with the run's id. */
export async function submit({ api }: Env, namespace: string, run: ExpectedRun): Promise<string> {
  const text = run.documents.map((document) => JSON.stringify(document)).join('\n---\n')
  const headers = { 'content-type': 'application/yaml' }
  let id = ''
  let body: unknown
  await until(
    () => `${run.name} is accepted; the last response was ${JSON.stringify(body)}`,
    async () => {
      const response = await ask(`${api}/v1/manifests?namespace=${namespace}`, {
        method: 'POST',
        body: text,
        headers,
      })
      body = response?.body
      if (response?.status === 422) throw new Error(`${run.name} was refused: ${JSON.stringify(body)}`)
      const results = isJsonObject(body) ? listAt(body, 'results') : []
      const started = results.filter(isJsonObject).find(({ runId }) => typeof runId === 'string')
      id = String(started?.runId ?? '')
      return id !== ''
    },
  )
  return id
}

/** Undefined if the API does not answer. */
export async function statusOf({ api }: Env, id: string): Promise<RunStatus | undefined> {
  const response = await ask(`${api}/v1/runs/${id}`)
  return response?.status === 200 ? (response.body as RunStatus) : undefined
}

export async function cancel({ api }: Env, id: string): Promise<void> {
  await until(`the cancellation of ${id} is accepted`, async () => {
    const response = await ask(`${api}/v1/runs/${id}/cancel`, { method: 'POST' })
    return response?.status === 202
  })
}

const collections = [
  ['Job', (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`],
  ['Pod', (namespace: string) => `/api/v1/namespaces/${namespace}/pods`],
  ['Deployment', (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`],
  ['Service', (namespace: string) => `/api/v1/namespaces/${namespace}/services`],
] as const

/** Every object of a run in a namespace. */
export async function objectsOf({ kube }: Env, namespace: string): Promise<FoundObject[]> {
  const found = await Promise.all(
    collections.map(async ([kind, path]) => {
      const { items } = await kube.list(path(namespace), { selector: RUN_LABEL })
      return items.map((object): FoundObject => {
        const metadata = objectAt(object, 'metadata')
        const run = String(objectAt(metadata, 'annotations')[RUN_ID_ANNOTATION] ?? '')
        return { kind, name: String(metadata.name), run, ended: hasEnded(object) }
      })
    }),
  )
  return found.flat()
}

function hasEnded(object: JsonObject): boolean {
  const status = objectAt(object, 'status')
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return true
  const conditions = listAt(status, 'conditions').filter(isJsonObject)
  return conditions.some((one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True')
}
