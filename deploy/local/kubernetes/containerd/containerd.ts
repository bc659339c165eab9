import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Layout } from '../../layout.ts'
import { Component } from '../../processes/component.ts'
import { searchPath } from '../../programs/installed/find-program.ts'
import type { ContainerTools } from '../../programs/packages/container-tools.ts'
import { patience } from '../../slowness.ts'
import { containerdConfig } from './containerd-config.ts'
import { snapshotterIn } from './snapshotter.ts'

const run = promisify(execFile)
/** The image of the pause container, which holds a pod's namespaces. It is made here, see images.ts. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10'

/** The architecture in the form that images use. */
export const IMAGE_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64'
const IMAGE_PLATFORM = `linux/${IMAGE_ARCHITECTURE}`

/** For a hang: an import of a few megabytes takes a second. */
const CTR_WITHIN_MS = 60_000

/** The path of a Unix socket may have at most 108 bytes, and a state folder may be deep. */
export const containerdSocket = ({ name }: Layout): string => `/run/millrace-${name}/containerd.sock`

export async function containerd(layout: Layout, tools: ContainerTools): Promise<Component> {
  const { name, stateDir } = layout
  const folder = join(stateDir, 'containerd')
  const config = join(folder, 'config.toml')
  const cni = join(stateDir, 'cni', 'net.d')
  const socket = containerdSocket(layout)
  for (const path of [folder, cni, `/run/millrace-${name}`]) mkdirSync(path, { recursive: true })
  writeFileSync(join(cni, '10-millrace.conflist'), JSON.stringify(network(layout), null, 2))
  writeFileSync(
    config,
    containerdConfig({
      version: tools.containerdVersion,
      root: join(folder, 'root'),
      state: `/run/millrace-${name}/containerd`,
      socket,
      pauseImage: PAUSE_IMAGE,
      snapshotter: await snapshotterIn(layout),
      platform: IMAGE_PLATFORM,
      runc: tools.runc,
      cniPlugins: tools.cniPlugins,
      cniConfig: cni,
      optional: join(folder, 'optional'),
    }),
  )
  return new Component(
    {
      name: 'containerd',
      binary: tools.containerd,
      args: ['--config', config],
      env: { PATH: searchPath() },
      ports: [],
      async ready() {
        await ctr(layout, tools, ['version'])
        return true
      },
    },
    stateDir,
  )
}

export const ctr = (
  layout: Layout,
  tools: Pick<ContainerTools, 'ctr'>,
  args: string[],
): Promise<{ stdout: string }> =>
  run(tools.ctr, ['--address', containerdSocket(layout), '--namespace', 'k8s.io', ...args], {
    timeout: patience(CTR_WITHIN_MS),
  })

/** Gives pods an address on this stack's bridge, and the host as their gateway. */
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
