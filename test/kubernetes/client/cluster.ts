/**
 * The cluster of the real-stack tests, named by MILLRACE_TEST_KUBECONFIG and MILLRACE_TEST_CONTEXT as `npm test`
 * sets them. Every test file works in a namespace of its own and deletes it.
 */
import type { KubeConfig } from '@kubernetes/client-node'
import { loadKubeConfig } from '../../../src/kubernetes/client/config.ts'
import type { JsonObject } from '../../../src/lib/json.ts'

const { MILLRACE_TEST_KUBECONFIG: kubeconfig, MILLRACE_TEST_CONTEXT: context } = process.env

export const hasCluster = kubeconfig !== undefined && context !== undefined
if (!hasCluster)
  console.warn(
    'MILLRACE_TEST_KUBECONFIG and MILLRACE_TEST_CONTEXT are not set: nothing is tried on a cluster',
  )

export const clusterConfig = (): KubeConfig => loadKubeConfig({ context, kubeconfig })

/** The same cluster, reached through a port of loopback; its certificate is good for 127.0.0.1. */
export function configThrough(port: number): KubeConfig {
  const config = clusterConfig()
  const through = config.getClusters().map((cluster) => ({ ...cluster, server: `https://127.0.0.1:${port}` }))
  config.loadFromOptions({
    clusters: through,
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  })
  return config
}

export const portOf = (config: KubeConfig): number =>
  Number(new URL(config.getCurrentCluster()?.server ?? '').port)

export const configMap = (name: string, labels: Record<string, string> = {}, data = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
})
