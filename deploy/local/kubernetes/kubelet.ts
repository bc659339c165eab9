import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import type { Program } from '../programs/program.ts'
import { patience } from '../slowness.ts'
import { certificatesOf } from './certificates.ts'
import { ensureCgroup } from './cgroups.ts'
import { containerdSocket } from './containerd/containerd.ts'
import { apiGet } from './control-plane.ts'
import { pathsOf } from './credentials.ts'

/** Two status reports of the kubelet and some tolerance. */
const REPORTED_WITHIN_MS = 10_000

/** The API server reaches the kubelet by this name, so that logs work without an address of the host. */
export const NODE = 'localhost'

export function kubelet(layout: Layout, program: Program): Component {
  const { ports, stateDir, cgroup, gateway } = layout
  const certificates = certificatesOf(layout)
  const folder = join(stateDir, 'kubelet')
  const config = join(stateDir, 'kubelet.json')
  mkdirSync(folder, { recursive: true })
  ensureCgroup(cgroup)
  const settings = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    port: ports.kubelet,
    readOnlyPort: 0,
    healthzBindAddress: '127.0.0.1',
    healthzPort: ports.kubeletHealth,
    tlsCertFile: certificates.kubelet.cert,
    tlsPrivateKeyFile: certificates.kubelet.key,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      x509: { clientCAFile: certificates.authority },
    },
    // Every authenticated client: only the API server, which has already authorized its callers.
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${containerdSocket(layout)}`,
    podLogsDir: join(stateDir, 'pod-logs'),
    volumePluginDir: join(stateDir, 'volume-plugins'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroup,
    // It runs as a guest on somebody's machine and accepts the machine as it is.
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    makeIPTablesUtilChains: false,
    // In bytes, because one percent of a large disk is more than many machines have free.
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '100Mi', 'imagefs.available': '100Mi' },
    // The two images cannot be pulled again.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    maxPods: 250,
    registryPullQPS: 0,
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
    eventRecordQPS: 0,
    nodeStatusUpdateFrequency: '4s',
    shutdownGracePeriod: '0s',
  }
  writeFileSync(config, JSON.stringify(settings, null, 2))
  return new Component(
    {
      name: 'kubelet',
      ...program,
      args: [
        `--config=${config}`,
        `--kubeconfig=${pathsOf(layout).kubeconfig}`,
        `--root-dir=${folder}`,
        `--hostname-override=${NODE}`,
        // The default is the address of the default route. On a machine without a network the node would have
        // no address, and its pods no logs.
        `--node-ip=${gateway}`,
        '--v=1',
      ],
      ports: [ports.kubelet, ports.kubeletHealth],
      ready: async () =>
        (await fetch(`${localUrl(ports.kubeletHealth)}/healthz`)).ok && (await isNodeReady(layout)),
    },
    stateDir,
  )
}

/** Ready according to the current kubelet: the report of an earlier one may still be stored. */
async function isNodeReady(layout: Layout): Promise<boolean> {
  const { status, body } = await apiGet(layout, `/api/v1/nodes/${NODE}`)
  if (status !== 200) return false
  const node = JSON.parse(body) as {
    spec: { taints?: { key: string }[] }
    status: { conditions?: { type: string; status: string; lastHeartbeatTime: string }[] }
  }
  const ready = node.status.conditions?.find(({ type }) => type === 'Ready')
  const tainted = node.spec.taints?.some(({ key }) => key.startsWith('node.kubernetes.io/'))
  const fresh = Date.now() - Date.parse(ready?.lastHeartbeatTime ?? '') < patience(REPORTED_WITHIN_MS)
  return ready?.status === 'True' && fresh && !tainted
}
