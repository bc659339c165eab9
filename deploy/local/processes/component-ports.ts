import type { Layout } from '../layout.ts'
import { runningComponents } from './running-components.ts'

/** The ports that a start binds, by component, without those of running components. */
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
    .filter(([component]) => !running.includes(component))
    .flatMap(([user, list]) => list.map((port) => ({ port, user })))
}
