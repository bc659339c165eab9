import { join, resolve } from 'node:path'
import { environment } from './environment.ts'
import { StackError } from './stack-error.ts'

export const componentNames = [
  'temporal',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'containerd',
  'kubelet',
  'kwok',
] as const
export type ComponentName = (typeof componentNames)[number]

/** What is reported while a stack comes up; `seconds` is set on the line that ends a part. */
export interface Progress {
  part: ComponentName | 'stack' | 'build' | 'packages' | 'images'
  text: string
  seconds?: number
}
export type Report = (line: Progress) => void

/** Everything a stack uses, derived from its name, first port and folder, so that two of them never meet. */
export interface Settings {
  name: string
  stateDir: string
  cacheDir: string
  portBase: number
  keepState: boolean
  ports: typeof offsets
  paths: ReturnType<typeof toPaths>
  network: ReturnType<typeof toNetwork>
  /** Parent of all cgroups of the stack's pods. */
  cgroup: string
}

/** A stack owns the ports portBase to portBase + 19; the last ten are for those who use it. */
export const PORT_RANGE = 20
const offsets = {
  temporal: 0,
  temporalUi: 1,
  temporalHttp: 2,
  temporalMetrics: 3,
  apiServer: 4,
  controllerManager: 5,
  scheduler: 6,
  kubelet: 7,
  kubeletHealth: 8,
  kwok: 9,
}

/** Linux keeps 108 bytes for the path of a socket, the closing zero included; `.ttrpc` is the longest ending. */
const MAX_SOCKET_PATH = 107

export interface StackIdentity {
  name: string
  stateDir: string
  cacheDir?: string | undefined
  portBase: number
  keepState?: boolean | undefined
}

/** StackError: a name, port or folder that cannot be used. */
export function toSettings({
  name,
  stateDir,
  cacheDir,
  portBase,
  keepState = true,
}: StackIdentity): Settings {
  if (!/^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/.test(name)) {
    throw new StackError(`The stack name "${name}" must be 1 to 20 of a-z, 0-9 and "-", as in "dev"`)
  }
  if (!Number.isInteger(portBase) || portBase % PORT_RANGE || portBase < 1024 || portBase > 65_500) {
    throw new StackError(`portBase ${portBase} must be a multiple of ${PORT_RANGE} from 1040 to 65500`)
  }
  const paths = toPaths(resolve(stateDir))
  if (Buffer.byteLength(`${paths.containerdSocket}.ttrpc`) > MAX_SOCKET_PATH) {
    throw new StackError(
      `The state folder's path is too long for a socket in it: ${paths.stateDir}. Choose a folder of at most 60 bytes`,
    )
  }
  return {
    name,
    stateDir: paths.stateDir,
    cacheDir: resolve(cacheDir ?? environment.cacheDir),
    portBase,
    keepState,
    ports: Object.fromEntries(
      Object.entries(offsets).map(([port, offset]) => [port, portBase + offset]),
    ) as typeof offsets,
    paths,
    network: toNetwork(portBase),
    cgroup: `/millrace-${name}`,
  }
}

function toPaths(stateDir: string) {
  const at = (...parts: string[]) => join(stateDir, ...parts)
  return {
    stateDir,
    record: at('stack.json'),
    lock: at('start.lock'),
    logs: at('logs'),
    kubeconfig: at('kubeconfig'),
    config: at('config'),
    certificates: at('certificates'),
    temporalDatabase: at('temporal', 'temporal.db'),
    etcd: at('etcd'),
    etcdSocket: at('etcd.sock'),
    etcdPeerSocket: at('etcd-peer.sock'),
    containerdRoot: at('containerd', 'root'),
    containerdState: at('containerd', 'run'),
    containerdSocket: at('containerd', 'run', 'containerd.sock'),
    runcRoot: at('containerd', 'runc'),
    cni: at('cni'),
    kubelet: at('kubelet'),
    podLogs: at('pod-logs'),
  }
}

/**
 * Pods get 10.90.0.0/24 and services 10.110.0.0/24, and each stack its own of either: the port range counts them,
 * so ranges that do not overlap have networks that do not overlap.
 */
function toNetwork(portBase: number) {
  const slot = portBase / PORT_RANGE
  const [high, low] = [Math.floor(slot / 256), slot % 256]
  return {
    name: `millrace-${portBase}`,
    /** At most 15 bytes; also the name of the chains in iptables. */
    bridge: `millrace${portBase}`,
    pods: `10.${90 + high}.${low}.0/24`,
    gateway: `10.${90 + high}.${low}.1`,
    services: `10.${110 + high}.${low}.0/24`,
    apiServer: `10.${110 + high}.${low}.1`,
  }
}
