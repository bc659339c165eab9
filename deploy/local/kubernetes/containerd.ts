import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Layout } from '../layout.ts'
import { Component } from '../processes/component.ts'

const run = promisify(execFile)
/** The image of the container that holds a pod's namespaces; made here, see images. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10'

/** A unix socket's path ends at 108 bytes, and a state folder may be deep. */
export const containerdSocket = ({ name }: Layout): string => `/run/millrace-${name}/containerd.sock`

export async function containerd(layout: Layout): Promise<Component> {
  const { name, stateDir } = layout
  const folder = join(stateDir, 'containerd')
  const config = join(folder, 'config.toml')
  const cni = join(stateDir, 'cni', 'net.d')
  const socket = containerdSocket(layout)
  for (const path of [folder, cni, `/run/millrace-${name}`]) mkdirSync(path, { recursive: true })
  writeFileSync(join(cni, '10-millrace.conflist'), JSON.stringify(network(layout), null, 2))
  const snapshotter = (await overlayWorks(folder)) ? 'overlayfs' : 'native'
  writeFileSync(
    config,
    `version = 2
root = "${folder}/root"
state = "/run/millrace-${name}/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "${socket}"
[debug]
  level = "warn"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  # Without CAP_SYS_RESOURCE runc may not lower a score, and fails with "can't get final child's PID".
  restrict_oom_score_adj = true
  # So that what a crash leaves mounted is found under one folder.
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${cni}"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "${snapshotter}"
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
`,
  )
  return new Component(
    {
      name: 'containerd',
      binary: '/usr/bin/containerd',
      args: ['--config', config],
      env: { PATH: `/usr/sbin:/usr/bin:/sbin:/bin:${process.env.PATH ?? ''}` },
      ports: [],
      async ready() {
        await ctr(layout, ['version'])
        return true
      },
    },
    stateDir,
  )
}

export const ctr = (layout: Layout, args: string[]): Promise<{ stdout: string }> =>
  run('/usr/bin/ctr', ['--address', containerdSocket(layout), '--namespace', 'k8s.io', ...args], {
    timeout: 60_000,
  })

/** Pods get an address on a bridge of this stack, and reach the world through the host. */
function network({ bridge, podCidr, stateDir }: Layout): object {
  return {
    cniVersion: '0.4.0',
    name: bridge,
    plugins: [
      {
        type: 'bridge',
        bridge,
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: podCidr }]],
          routes: [{ dst: '0.0.0.0/0' }],
          dataDir: join(stateDir, 'cni', 'addresses'),
        },
      },
    ],
  }
}

/** Overlay on overlay (a container as the host) is refused by the kernel: then files are copied instead. */
async function overlayWorks(folder: string): Promise<boolean> {
  const probe = join(folder, 'probe')
  const dirs = ['lower', 'upper', 'work', 'merged'].map((name) => join(probe, name))
  for (const dir of dirs) mkdirSync(dir, { recursive: true })
  const [lower, upper, work, merged] = dirs
  try {
    await run('mount', [
      '-t',
      'overlay',
      'overlay',
      '-o',
      `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
      merged ?? '',
    ])
    await run('umount', [merged ?? ''])
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}
