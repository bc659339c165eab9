import { collectionPath, resources } from '../src/kubernetes/client/resource-path.ts'
import { objectAt } from '../src/lib/json.ts'
import type { ActivityDeps } from './deps.ts'

/** Names of all Node objects, sorted, including cordoned, tainted, unready and control plane nodes. */
export async function listClusterNodes({ kube }: ActivityDeps): Promise<string[]> {
  const { items } = await kube.list(collectionPath(resources.Node))
  return items.map((node) => String(objectAt(node, 'metadata').name)).sort()
}
