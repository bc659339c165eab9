import type { Kube } from '../src/kubernetes/client/client.ts'
import { until } from './until.ts'

/** Creates a namespace and waits for its default service account, so that pods can start in it at once. */
export async function createNamespace(kube: Kube, name: string): Promise<void> {
  await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  await until(`default service account of ${name}`, async () => {
    const { items } = await kube.list(`/api/v1/namespaces/${name}/serviceaccounts`)
    return items.length > 0
  })
}
