/** The cluster of the test stack: a namespace per test file, and the objects in it. */
import { randomBytes } from 'node:crypto'
import { afterAll, inject } from 'vitest'
import { createKube, type Kube } from '../../src/kubernetes/client/client.ts'
import { loadKubeConfig } from '../../src/kubernetes/client/config.ts'
import { isJsonObject, type JsonObject, listAt, objectAt } from '../../src/lib/json.ts'
import { createNamespace } from '../create-namespace.ts'

let shared: Kube | undefined

export function kube(): Kube {
  const { kubeconfig, context } = inject('stack')
  shared ??= createKube(loadKubeConfig({ kubeconfig, context }))
  return shared
}

/** Creates a namespace whose name begins with `prefix`, in which pods can start at once. */
export async function makeNamespace(prefix: string, client: Kube = kube()): Promise<string> {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`
  await createNamespace(client, name)
  return name
}

export const dropNamespace = (name: string, client: Kube = kube()): Promise<void> =>
  client.delete(`/api/v1/namespaces/${name}`, { propagationPolicy: 'Background' })

/** Creates the namespace of a test file, which is deleted after the file's last test. */
export async function namespaceOfFile(prefix: string): Promise<string> {
  const name = await makeNamespace(prefix)
  afterAll(() => dropNamespace(name))
  return name
}

/** Creates a Job that does not belong to Millrace. */
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

export const hasRunningContainer = (pod: JsonObject): boolean =>
  listAt(objectAt(pod, 'status'), 'containerStatuses')
    .filter(isJsonObject)
    .some((container) => objectAt(container, 'state').running !== undefined)

export const nameOf = (object: JsonObject): string => (object.metadata as { name: string }).name
export const namesOf = (objects: JsonObject[]): string[] => objects.map(nameOf).sort()
