import { isJsonObject, type JsonObject, listAt, objectAt } from '../../src/lib/json.ts'
import { RUN_ID_ANNOTATION, RUN_LABEL } from '../../src/model/labels.ts'
import type { RunStatus } from '../../src/model/run-status.ts'
import { until } from '../until.ts'
import type { Found } from './check.ts'
import type { World } from './env.ts'
import type { ExpectedRun } from './expected.ts'

/** For a call that is made while everything may be down. */
const CALL_MS = 10_000

/** Undefined while there is no answer. */
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

/** Posts a run's manifests until they are taken: the same text twice starts nothing twice. Resolves with the run's id. */
export async function submit({ api }: World, namespace: string, run: ExpectedRun): Promise<string> {
  const body = run.documents.map((document) => JSON.stringify(document)).join('\n---\n')
  const headers = { 'content-type': 'application/yaml' }
  let id = ''
  let answer: unknown
  await until(
    () => `${run.name} is taken; the last answer was ${JSON.stringify(answer)}`,
    async () => {
      const told = await ask(`${api}/v1/manifests?namespace=${namespace}`, { method: 'POST', body, headers })
      answer = told?.body
      if (told?.status === 422) throw new Error(`${run.name} was refused: ${JSON.stringify(answer)}`)
      const results = isJsonObject(answer) ? listAt(answer, 'results') : []
      const started = results.filter(isJsonObject).find(({ runId }) => typeof runId === 'string')
      id = String(started?.runId ?? '')
      return id !== ''
    },
  )
  return id
}

/** Undefined while it cannot be told. */
export async function statusOf({ api }: World, id: string): Promise<RunStatus | undefined> {
  const told = await ask(`${api}/v1/runs/${id}`)
  return told?.status === 200 ? (told.body as RunStatus) : undefined
}

export async function cancel({ api }: World, id: string): Promise<void> {
  await until(`${id} is asked to end`, async () => {
    const told = await ask(`${api}/v1/runs/${id}/cancel`, { method: 'POST' })
    return told?.status === 202
  })
}

const collections = [
  ['Job', (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`],
  ['Pod', (namespace: string) => `/api/v1/namespaces/${namespace}/pods`],
  ['Deployment', (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`],
  ['Service', (namespace: string) => `/api/v1/namespaces/${namespace}/services`],
] as const

/** Everything of ours in a namespace. */
export async function objectsOf({ kube }: World, namespace: string): Promise<Found[]> {
  const found = await Promise.all(
    collections.map(async ([kind, path]) => {
      const { items } = await kube.list(path(namespace), { selector: RUN_LABEL })
      return items.map((object): Found => {
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
