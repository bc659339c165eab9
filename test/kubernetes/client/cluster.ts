/**
 * The cluster of the test stack, which `npm test` names by MILLRACE_TEST_KUBECONFIG and MILLRACE_TEST_CONTEXT. Each test
 * file has a namespace of its own and deletes it.
 */
import type { KubeConfig } from '@kubernetes/client-node'
import { loadKubeConfig } from '../../../src/kubernetes/client/config.ts'
import type { JsonObject } from '../../../src/lib/json.ts'

const { MILLRACE_TEST_KUBECONFIG: kubeconfig, MILLRACE_TEST_CONTEXT: context } = process.env

export const hasCluster = kubeconfig !== undefined && context !== undefined
if (!hasCluster)
  console.warn(
    'MILLRACE_TEST_KUBECONFIG and MILLRACE_TEST_CONTEXT are not set: the tests against a cluster are skipped',
  )

export const clusterConfig = (): KubeConfig => loadKubeConfig({ context, kubeconfig })

/** The same cluster through a port of loopback. Its certificate is valid for 127.0.0.1. */
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
