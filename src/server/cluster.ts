import type { Config } from '../config/config.ts'
import { createKube, type Kube } from '../kubernetes/client/client.ts'
import { loadKubeConfig } from '../kubernetes/client/config.ts'

/** Connects to the cluster that the settings name. */
export function connectCluster({ context, kubeconfig }: Config): Kube {
  return createKube(loadKubeConfig({ context, kubeconfig }))
}
