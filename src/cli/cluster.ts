import type { Config } from '../config.ts'
import { createKube, type Kube } from '../kube/client.ts'
import { loadKubeConfig } from '../kube/config.ts'

/** The cluster that the settings name. */
export function connectCluster({ context, kubeconfig }: Config): Kube {
  return createKube(loadKubeConfig({ context, kubeconfig }))
}
