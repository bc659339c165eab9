import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import { ensureBinary } from '../programs/binaries.ts'
import type { Report } from '../progress.ts'
import { ensureCgroup } from './cgroups.ts'
import { containerdSocket } from './containerd.ts'
import { apiGet } from './control-plane.ts'
import { pathsOf } from './credentials.ts'

/** The API server reaches the kubelet by this name, so that logs work without an address of the host. */
export const NODE = 'localhost'

export async function kubelet(layout: Layout, report: Report): Promise<Component> {
  const { ports, stateDir, cgroup } = layout
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
    // Loopback only, and who is root here needs no kubelet.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${containerdSocket(layout)}`,
    podLogsDir: join(stateDir, 'pod-logs'),
    volumePluginDir: join(stateDir, 'volume-plugins'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroup,
    // A guest on somebody's machine: it takes it as it finds it.
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    makeIPTablesUtilChains: false,
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
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
      argv0: 'kubelet',
      binary: await ensureBinary('kubernetes', report),
      args: [
        `--config=${config}`,
        `--kubeconfig=${pathsOf(layout).kubeconfig}`,
        `--root-dir=${folder}`,
        `--cert-dir=${join(stateDir, 'pki', 'kubelet')}`,
        `--hostname-override=${NODE}`,
        '--v=1',
      ],
      env: { PATH: `/usr/sbin:/usr/bin:/sbin:/bin:${process.env.PATH ?? ''}` },
      ports: [ports.kubelet, ports.kubeletHealth],
      ready: async () =>
        (await fetch(`${localUrl(ports.kubeletHealth)}/healthz`)).ok && (await isNodeReady(layout)),
    },
    stateDir,
  )
}

/** Ready, and said so by the kubelet that runs now: what an earlier one said is still stored. */
async function isNodeReady(layout: Layout): Promise<boolean> {
  const { status, body } = await apiGet(layout, `/api/v1/nodes/${NODE}`)
  if (status !== 200) return false
  const node = JSON.parse(body) as {
    spec: { taints?: { key: string }[] }
    status: { conditions?: { type: string; status: string; lastHeartbeatTime: string }[] }
  }
  const ready = node.status.conditions?.find(({ type }) => type === 'Ready')
  const tainted = node.spec.taints?.some(({ key }) => key.startsWith('node.kubernetes.io/'))
  const fresh = Date.now() - Date.parse(ready?.lastHeartbeatTime ?? '') < 10_000
  return ready?.status === 'True' && fresh && !tainted
}
