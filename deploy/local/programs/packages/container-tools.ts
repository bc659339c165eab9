import { join } from 'node:path'
import { type ContainerdVersion, containerdVersion } from '../../kubernetes/containerd/containerd-version.ts'
import { withoutKubernetes } from '../../preflight/alternatives.ts'
import { canRun, findProgram, searchPath } from '../installed/find-program.ts'
import type { AptOptions } from './apt.ts'
import { ensureBusybox } from './busybox.ts'
import { installPackages } from './install-packages.ts'

/** Paths of the programs that run containers on this machine. */
export interface ContainerTools {
  containerd: string
  containerdVersion: ContainerdVersion
  ctr: string
  runc: string
  /** Folder of the CNI plugins. */
  cniPlugins: string
  /** Statically linked: images are made from it. */
  busybox: string
}

/**
 * Required programs, and the Debian package for each that is missing. Docker's packages bring the first four under
 * other package names and conflict with Debian's, so an existing program is used, whatever its package.
 */
const packageOf = {
  containerd: 'containerd',
  ctr: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ip: 'iproute2',
} as const

const CNI_PACKAGE = 'containernetworking-plugins'
/** The plugins of our network and of every pod. */
const cniPlugins = ['bridge', 'host-local', 'loopback']
/** The folders of Debian, of the project and Kubernetes' packages, and of Fedora. */
const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni']

/** Where to look. */
export interface Places {
  path: string
  cniFolders: readonly string[]
}
const places = (): Places => ({ path: searchPath(), cniFolders: CNI_FOLDERS })

export interface MissingTool {
  tool: string
  /** The package of Debian and its derivatives. */
  debianPackage: string
}

/** The tools that this machine lacks, except busybox. */
export function missingTools(where = places()): MissingTool[] {
  const programs = Object.entries(packageOf)
    .filter(([tool]) => findProgram(tool, where.path) === undefined)
    .map(([tool, debianPackage]): MissingTool => ({ tool, debianPackage }))
  const plugins = { tool: `the CNI plugins ${cniPlugins.join(', ')}`, debianPackage: CNI_PACKAGE }
  return cniFolder(where) ? programs : [...programs, plugins]
}

/** Installs only what is missing, and returns the paths of all tools. */
export async function ensureContainerTools(options: AptOptions): Promise<ContainerTools> {
  try {
    return await toolsOf(options)
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    const message = `The tools that run containers cannot be installed: fix the error below, or ${withoutKubernetes}`
    throw new Error(message, { cause })
  }
}

async function toolsOf(options: AptOptions): Promise<ContainerTools> {
  const missing = new Set(missingTools().map(({ debianPackage }) => debianPackage))
  if (missing.size > 0) await installPackages([...missing], options)
  const where = places()
  const containerd = required('containerd', where)
  return {
    containerd,
    containerdVersion: await containerdVersion(containerd),
    ctr: required('ctr', where),
    runc: required('runc', where),
    cniPlugins: cniFolder(where) ?? stillMissing('the CNI plugins'),
    busybox: await ensureBusybox(options),
  }
}

const cniFolder = ({ cniFolders }: Places): string | undefined =>
  cniFolders.find((folder) => cniPlugins.every((plugin) => canRun(join(folder, plugin))))

const required = (tool: string, { path }: Places): string => findProgram(tool, path) ?? stillMissing(tool)

function stillMissing(tool: string): never {
  throw new Error(`${tool} is missing although its package is installed`)
}
