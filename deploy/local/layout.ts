import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Everything that must differ between two stacks on one machine, derived from the stack's number. */
export interface Layout {
  /** Name of the stack: `default` for npm start, `test` for npm test. */
  name: string
  index: number
  /** The stack writes everything except programs below this folder. */
  stateDir: string
  ports: Record<PortName, number>
  context: string
  /** Pod addresses, a /24. */
  podCidr: string
  gateway: string
  /** Service addresses; the first is the API server's. */
  serviceCidr: string
  apiServerVip: string
  bridge: string
  cgroup: string
}

export const portNames = [
  'temporal',
  'temporalUi',
  'etcd',
  'etcdPeer',
  'apiServer',
  'controllerManager',
  'scheduler',
  'kubelet',
  'kubeletHealth',
  'kwok',
  'temporalMetrics',
  'api',
  'worker',
  'jobs',
  'postgres',
  'temporalHttp',
  'temporalHistory',
  'temporalMatching',
  'temporalWorker',
  'temporalMembership',
  'temporalHistoryMembership',
  'temporalMatchingMembership',
  'temporalWorkerMembership',
] as const
export type PortName = (typeof portNames)[number]

/** Below the range of ephemeral ports (32768 and up). */
const FIRST_PORT = 27_200
const PORTS_PER_STACK = 25

/**
 * `index` 0 is npm start's, with the well-known ports of Temporal and 8080 for the API. `named` ports replace the
 * derived ones.
 */
export function layoutOf(
  name: string,
  index: number,
  stateDir: string,
  named: Partial<Record<PortName, number>> = {},
): Layout {
  const first = FIRST_PORT + index * PORTS_PER_STACK
  const ports = Object.fromEntries(portNames.map((port, at) => [port, first + at])) as Record<
    PortName,
    number
  >
  const wellKnown = index === 0 ? { temporal: 7233, temporalUi: 8233, api: 8080 } : {}
  return {
    name,
    index,
    stateDir,
    ports: { ...ports, ...wellKnown, ...named },
    context: `millrace-${name}`,
    podCidr: `10.231.${index}.0/24`,
    gateway: `10.231.${index}.1`,
    serviceCidr: `10.232.${index}.0/24`,
    apiServerVip: `10.232.${index}.1`,
    bridge: `millrace${index}`,
    cgroup: `/millrace-${name}`,
  }
}

export const localUrl = (port: number, scheme = 'http'): string => `${scheme}://127.0.0.1:${port}`

export const stateHome = (): string =>
  resolve(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'millrace')
export const cacheHome = (): string =>
  resolve(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace')

const isRoot = (): boolean => process.getuid?.() === 0

/**
 * The folder that records which stacks of this machine run and which process starts or stops them. It is the same for
 * every state folder and checkout, and disappears at a reboot like the stacks. Only root's stacks share more than
 * ports.
 */
export const runHome = (): string =>
  isRoot() ? '/run/millrace' : join(tmpdir(), `millrace-${process.getuid?.() ?? 'user'}`)
