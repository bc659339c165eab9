import { KubeConfig } from '@kubernetes/client-node'

export interface ClusterChoice {
  /** Name of a kubeconfig context, or `in-cluster` for the service account of the pod we run in. */
  context: string | undefined
  /** Path of a kubeconfig; else KUBECONFIG's own default, ~/.kube/config. */
  kubeconfig: string | undefined
}

/**
 * The cluster that was named, and never another: pipelines must not end up on whichever cluster a kubeconfig
 * happens to point at.
 */
export function loadKubeConfig({ context, kubeconfig }: ClusterChoice): KubeConfig {
  if (!context) {
    throw new Error(
      'No Kubernetes context is named: set MILLRACE_CONTEXT (kubectl config get-contexts lists them)',
    )
  }
  const config = new KubeConfig()
  if (context === 'in-cluster') {
    config.loadFromCluster()
    return config
  }
  if (kubeconfig) config.loadFromFile(kubeconfig)
  else config.loadFromDefault()
  if (!config.getContextObject(context)) {
    const known = config.getContexts().map(({ name }) => name)
    throw new Error(`There is no Kubernetes context "${context}"; there are: ${known.join(', ') || 'none'}`)
  }
  config.setCurrentContext(context)
  return config
}
