import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readProcess } from './process-id.ts'

export const pidFolder = (stateDir: string): string => join(stateDir, 'pids')
export const pidFileOf = (stateDir: string, component: string): string =>
  join(pidFolder(stateDir), `${component}.json`)

/** The components of our own cluster, in the order of their start. */
export const clusterComponents = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'containerd',
  'kubelet',
] as const

/** Names of the running components, whoever started them. */
export function runningComponents(stateDir: string): string[] {
  try {
    return readdirSync(pidFolder(stateDir))
      .filter((file) => file.endsWith('.json'))
      .map((file) => basename(file, '.json'))
      .filter((component) => readProcess(pidFileOf(stateDir, component)))
  } catch {
    return []
  }
}
