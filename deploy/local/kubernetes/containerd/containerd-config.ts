import { type ContainerdVersion, isAtLeast } from './containerd-version.ts'

export interface ContainerdSettings {
  version: ContainerdVersion
  /** Persistent data. */
  root: string
  /** Data of one run of containerd: mounts and sockets of shims. */
  state: string
  socket: string
  pauseImage: string
  snapshotter: 'overlayfs' | 'native'
  /** In the form that images use: linux/amd64. */
  platform: string
  /** Path of the binary. */
  runc: string
  /** Folder of the CNI plugins. */
  cniPlugins: string
  /** Folder of the network's configuration. */
  cniConfig: string
  /** Where its API could install runtimes. containerd creates it in any case. */
  optional: string
}

/**
 * The configuration file of our containerd, in the format of its version. It neither reads nor writes anything of the
 * machine's own containerd: no drop-in files, no socket of the Node Resource Interface, no /opt/containerd.
 */
export const containerdConfig = (settings: ContainerdSettings): string =>
  [
    `version = ${isAtLeast(settings.version, { major: 2, minor: 0 }) ? 3 : 2}`,
    `root = ${quoted(settings.root)}`,
    `state = ${quoted(settings.state)}`,
    'imports = []',
    `disabled_plugins = [${unused.map((name) => quoted(`io.containerd.snapshotter.v1.${name}`)).join(', ')}]`,
    '[grpc]',
    `  address = ${quoted(settings.socket)}`,
    '[debug]',
    '  level = "warn"',
    '[plugins."io.containerd.internal.v1.opt"]',
    `  path = ${quoted(settings.optional)}`,
    ...(isAtLeast(settings.version, { major: 2, minor: 0 }) ? version3(settings) : version2(settings)),
    '',
  ].join('\n')

/** Snapshotters that the kernel may lack or that need configuration: each would only log an error. */
const unused = ['btrfs', 'zfs', 'aufs', 'devmapper', 'blockfile', 'erofs']

/** TOML strings are written like JSON strings. */
const quoted = (text: string): string => JSON.stringify(text)

/** Options of the runtime, the same in both formats. */
const runtime = [
  // Without CAP_SYS_RESOURCE runc may not lower an OOM score, and fails with "can't get final child's PID".
  '  restrict_oom_score_adj = true',
  // All mounts that a crash leaves behind are then under one folder.
  '  netns_mounts_under_state_dir = true',
]

const streaming = ['  stream_server_address = "127.0.0.1"', '  stream_server_port = "0"']

/** runc's state belongs to one run too. Its default folder is shared with every other containerd of the machine. */
const runcOf = (plugin: string, { runc, state }: ContainerdSettings): string[] => [
  `[plugins."${plugin}".containerd.runtimes.runc]`,
  '  runtime_type = "io.containerd.runc.v2"',
  `[plugins."${plugin}".containerd.runtimes.runc.options]`,
  `  BinaryName = ${quoted(runc)}`,
  `  Root = ${quoted(`${state}/runc`)}`,
  '  SystemdCgroup = false',
]

/** containerd 1.x: one plugin for all of CRI. */
function version2(settings: ContainerdSettings): string[] {
  const plugin = 'io.containerd.grpc.v1.cri'
  return [
    `[plugins."${plugin}"]`,
    `  sandbox_image = ${quoted(settings.pauseImage)}`,
    ...streaming,
    ...runtime,
    `[plugins."${plugin}".cni]`,
    `  bin_dir = ${quoted(settings.cniPlugins)}`,
    `  conf_dir = ${quoted(settings.cniConfig)}`,
    `[plugins."${plugin}".containerd]`,
    `  snapshotter = ${quoted(settings.snapshotter)}`,
    '  default_runtime_name = "runc"',
    ...runcOf(plugin, settings),
  ]
}

/** containerd 2.x: separate plugins for images, the runtime and the rest of the CRI server. */
function version3(settings: ContainerdSettings): string[] {
  const plugin = 'io.containerd.cri.v1.runtime'
  // Renamed in 2.1, which warns about the old name. 2.0 does not know the new one.
  const plugins = isAtLeast(settings.version, { major: 2, minor: 1 })
    ? `  bin_dirs = [${quoted(settings.cniPlugins)}]`
    : `  bin_dir = ${quoted(settings.cniPlugins)}`
  return [
    '[plugins."io.containerd.grpc.v1.cri"]',
    ...streaming,
    '[plugins."io.containerd.cri.v1.images"]',
    `  snapshotter = ${quoted(settings.snapshotter)}`,
    '[plugins."io.containerd.cri.v1.images".pinned_images]',
    `  sandbox = ${quoted(settings.pauseImage)}`,
    `[plugins."${plugin}"]`,
    ...runtime,
    `[plugins."${plugin}".cni]`,
    plugins,
    `  conf_dir = ${quoted(settings.cniConfig)}`,
    `[plugins."${plugin}".containerd]`,
    '  default_runtime_name = "runc"',
    ...runcOf(plugin, settings),
    // Imports and pulls use this plugin, which knows only the snapshotters listed here.
    '[[plugins."io.containerd.transfer.v1.local".unpack_config]]',
    `  platform = ${quoted(settings.platform)}`,
    `  snapshotter = ${quoted(settings.snapshotter)}`,
    '  differ = "walking"',
    // Its socket has one path for the whole machine, and everybody who opens it controls all containers.
    '[plugins."io.containerd.nri.v1.nri"]',
    '  disable = true',
  ]
}
