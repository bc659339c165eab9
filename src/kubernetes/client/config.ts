import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'

export interface ClusterChoice {
  /** Name of a kubeconfig context, or `in-cluster` for the service account of the pod we run in. */
  context: string | undefined
  /** As in KUBECONFIG: one path or several. Default: ~/.kube/config. */
  kubeconfig: string | undefined
}

/**
 * Loads the named context, and never another one: pipelines must not run on whichever cluster a kubeconfig
 * points at. Throws an Error that says what to set.
 */
export function loadKubeConfig({ context, kubeconfig }: ClusterChoice): KubeConfig {
  if (!context) {
    throw new Error(
      'No Kubernetes context is set: set MILLRACE_CONTEXT or pass --context ' +
        '(kubectl config get-contexts lists them; in-cluster uses the service account of this pod)',
    )
  }
  if (context === 'in-cluster') return loadServiceAccount()
  const paths = kubeconfig?.split(delimiter).filter(Boolean) ?? []
  const files = paths.length > 0 ? paths : [join(homedir(), '.kube/config')]
  const config = merge(files)
  if (!config.getContextObject(context)) {
    const known = config.getContexts().map(({ name }) => name)
    throw new Error(
      `The Kubernetes context "${context}" does not exist in ${files.join(' and ')}: ` +
        `use one of ${known.join(', ') || '(none)'}`,
    )
  }
  config.setCurrentContext(context)
  return config
}

/** Merges like kubectl: missing files are skipped, and the first of equal names wins. */
function merge(files: readonly string[]): KubeConfig {
  const found = files.filter((file) => existsSync(file))
  if (found.length === 0) throw new Error(`No kubeconfig found at ${files.join(' or ')}: set KUBECONFIG`)
  const parts = found.map((file) => {
    const part = new KubeConfig()
    try {
      part.loadFromFile(file)
    } catch {
      // The parser's message quotes the text it failed on, which may be a token.
      throw new Error(`The kubeconfig ${file} cannot be read: try kubectl --kubeconfig ${file} config view`)
    }
    return part
  })
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: firstOfName(parts.flatMap((part) => part.getClusters())),
    users: firstOfName(parts.flatMap((part) => part.getUsers())),
    contexts: firstOfName(parts.flatMap((part) => part.getContexts())),
  })
  return config
}

const firstOfName = <T extends { name: string }>(all: readonly T[]): T[] =>
  all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index)

function loadServiceAccount(): KubeConfig {
  const config = new KubeConfig()
  config.loadFromCluster()
  const cluster = config.getCurrentCluster()
  // Outside a pod the address of the API server is not known.
  if (cluster?.server.includes('undefined') || !existsSync(cluster?.caFile ?? '')) {
    throw new Error(
      'This process has no Kubernetes service account: in-cluster works in a pod, with its token',
    )
  }
  return config
}
