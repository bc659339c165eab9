import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Layout } from '../layout.ts'
import { readProcess } from './process-id.ts'

export const pidFolder = (stateDir: string): string => join(stateDir, 'pids')
export const pidFileOf = (stateDir: string, part: string): string => join(pidFolder(stateDir), `${part}.json`)

/** Our own cluster, in the order of its start. */
export const clusterComponents = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'containerd',
  'kubelet',
] as const

/** Names of the parts that run, whoever started them. */
export function runningComponents(stateDir: string): string[] {
  try {
    return readdirSync(pidFolder(stateDir))
      .filter((file) => file.endsWith('.json'))
      .map((file) => basename(file, '.json'))
      .filter((part) => readProcess(pidFileOf(stateDir, part)))
  } catch {
    return []
  }
}

/** The ports that a start takes, by part, without those of parts that run already. */
export function portsToBind(
  { ports, stateDir }: Layout,
  own: { kubernetes: boolean; temporal: boolean; postgres: boolean },
): { port: number; user: string }[] {
  const taken: Record<string, number[]> = {
    ...(own.postgres ? { postgres: [ports.postgres] } : {}),
    ...(own.temporal
      ? {
          temporal: [
            ...[ports.temporal, ports.temporalHttp, ports.temporalMetrics],
            ...[ports.temporalHistory, ports.temporalMatching, ports.temporalWorker],
          ],
          'temporal-ui': [ports.temporalUi],
        }
      : {}),
    ...(own.kubernetes
      ? {
          etcd: [ports.etcd, ports.etcdPeer],
          'kube-apiserver': [ports.apiServer],
          'kube-controller-manager': [ports.controllerManager],
          'kube-scheduler': [ports.scheduler],
          kubelet: [ports.kubelet, ports.kubeletHealth],
        }
      : {}),
    'millrace-worker': [ports.worker],
    'millrace-api': [ports.api, ports.jobs],
  }
  const running = runningComponents(stateDir)
  return Object.entries(taken)
    .filter(([part]) => !running.includes(part))
    .flatMap(([user, list]) => list.map((port) => ({ port, user })))
}
