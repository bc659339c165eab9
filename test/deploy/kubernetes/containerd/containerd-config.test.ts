import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type ContainerdSettings,
  containerdConfig,
} from '../../../../deploy/local/kubernetes/containerd/containerd-config.ts'
import {
  isAtLeast,
  OLDEST_CONTAINERD,
  parseContainerdVersion,
} from '../../../../deploy/local/kubernetes/containerd/containerd-version.ts'
import { findProgram } from '../../../../deploy/local/programs/installed/find-program.ts'
import { temporaryFolder } from '../../fake-commands.ts'

const settings = (change: Partial<ContainerdSettings> = {}): ContainerdSettings => ({
  version: { major: 1, minor: 6 },
  root: '/state/root',
  state: '/run/state',
  socket: '/run/containerd.sock',
  pauseImage: 'registry.k8s.io/pause:3.10',
  snapshotter: 'overlayfs',
  platform: 'linux/amd64',
  runc: '/usr/sbin/runc',
  cniPlugins: '/opt/cni/bin',
  cniConfig: '/state/cni',
  optional: '/state/optional',
  ...change,
})

describe('the version of containerd', () => {
  it.each([
    [
      'Debian 12',
      'containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3',
      { major: 1, minor: 6 },
    ],
    [
      'Docker CE',
      'containerd containerd.io 1.7.24 88bf19b2105c8b17560993bee28a01ddc2f97182',
      { major: 1, minor: 7 },
    ],
    [
      'Docker CE, newer',
      'containerd containerd.io v2.1.5 fcd43222d6b07379a4be9786bda52438f0dd16a1',
      { major: 2, minor: 1 },
    ],
    ['Debian 14', 'containerd github.com/containerd/containerd/v2 2.1.9+unknown ', { major: 2, minor: 1 }],
    ['something else', 'usage: containerd', undefined],
  ])('is read from the output of %s', (_, printed, version) => {
    expect(parseContainerdVersion(printed)).toEqual(version)
  })

  it('must be 1.6 or newer', () => {
    const fits = (major: number, minor: number): boolean => isAtLeast({ major, minor }, OLDEST_CONTAINERD)
    expect([fits(1, 5), fits(1, 6), fits(1, 10), fits(2, 0)]).toEqual([false, true, true, true])
  })
})

describe('the configuration of containerd', () => {
  it.each([
    {
      version: { major: 1, minor: 6 },
      has: [
        'version = 2',
        '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]',
        'sandbox_image = "registry.k8s.io/pause:3.10"',
        'bin_dir = "/opt/cni/bin"',
      ],
      hasNot: ['io.containerd.cri.v1', 'bin_dirs', 'transfer'],
    },
    {
      version: { major: 1, minor: 7 },
      has: ['version = 2', 'bin_dir = "/opt/cni/bin"'],
      hasNot: ['io.containerd.cri.v1', 'bin_dirs', 'transfer'],
    },
    {
      version: { major: 2, minor: 0 },
      has: [
        'version = 3',
        '[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]',
        '[plugins."io.containerd.cri.v1.images".pinned_images]',
        'sandbox = "registry.k8s.io/pause:3.10"',
        'bin_dir = "/opt/cni/bin"',
      ],
      hasNot: ['sandbox_image', 'bin_dirs'],
    },
    {
      version: { major: 2, minor: 3 },
      has: [
        'version = 3',
        'bin_dirs = ["/opt/cni/bin"]',
        // Enabled by default since 2.0, with one socket for the whole machine.
        '[plugins."io.containerd.nri.v1.nri"]\n  disable = true',
        '[[plugins."io.containerd.transfer.v1.local".unpack_config]]',
      ],
      hasNot: ['sandbox_image', 'bin_dir ='],
    },
  ])('uses the names of version $version', ({ version, has, hasNot }) => {
    const config = containerdConfig(settings({ version }))
    for (const text of has) expect(config).toContain(text)
    for (const text of hasNot) expect(config).not.toContain(text)
  })

  it.each([
    ['1.6', { major: 1, minor: 6 }],
    ['2.2', { major: 2, minor: 2 }],
  ])('of %s keeps everything in our own folders and reads none of the machine’s', (_, version) => {
    const config = containerdConfig(settings({ version }))
    expect(config).toContain('imports = []')
    expect(config).toContain('[plugins."io.containerd.internal.v1.opt"]\n  path = "/state/optional"')
    expect(config).toContain('Root = "/run/state/runc"')
    expect(config).not.toMatch(/"\/(etc|opt\/containerd|var\/lib)/)
  })

  const containerd = findProgram('containerd')
  it.skipIf(!containerd)('is accepted by the containerd of this machine', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'config.toml')
    const version = parseContainerdVersion(
      execFileSync(containerd ?? '', ['--version'], { encoding: 'utf8' }),
    )
    writeFileSync(
      file,
      containerdConfig(settings({ version: version ?? OLDEST_CONTAINERD, root: `${folder}/a "b"` })),
    )
    const merged = execFileSync(containerd ?? '', ['--config', file, 'config', 'dump'], { encoding: 'utf8' })
    for (const value of [
      `${folder}/a \\"b\\"`,
      '/state/optional',
      '/opt/cni/bin',
      '/usr/sbin/runc',
      'pause:3.10',
    ])
      expect(merged).toContain(value)
    expect(merged).toMatch(/netns_mounts_under_state_dir = true/)
    expect(merged).toMatch(/restrict_oom_score_adj = true/)
  })
})
