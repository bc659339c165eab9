/**
 * Checks before a start whether this machine can run what is to be started. All checks run concurrently, within a
 * second, and all faults are reported together with their remedies. Each would otherwise end the start minutes later,
 * one at a time. No check changes anything.
 *
 * Programs that may still be downloaded do not count as ones to build. Go, and the disk space and memory that a build
 * needs, are checked here only if downloads are off. Otherwise build.ts checks them after the download has failed.
 *
 * Some checks are estimates (disk, memory), and none knows every machine: MILLRACE_CHECKS=never skips them all.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { withSystemPath } from '../environment/system-path.ts'
import { foreignKubelet } from '../kubernetes/foreign-kubelet.ts'
import { cacheHome, type Layout } from '../layout.ts'
import { goFault } from '../programs/build/go-toolchain.ts'
import type { BuildTarget } from '../programs/build/targets.ts'
import { downloadSource } from '../programs/downloads/setting.ts'
import { missingTools } from '../programs/packages/container-tools.ts'
import { type DiskNeed, diskFaults, GB } from './disk-space.ts'
import { folderFaults } from './folders.ts'
import { capabilityFaults, cgroupFaults, hostFaults } from './host.ts'
import { memoryFaults, memoryFaultsToBuild } from './memory.ts'
import { portFaults } from './ports.ts'
import { diskNeedsToBuild } from './ready-to-build.ts'
import { toolFaults } from './tools.ts'

/** What a start will do on this machine. */
export interface Needs {
  layout: Layout
  /** Whether a Kubernetes of our own is started. */
  kubernetes: boolean
  /** Whether a Temporal of our own is started. */
  temporal: boolean
  /** Targets that were neither built nor found. */
  build: readonly BuildTarget[]
  /** Loopback ports of components that do not run yet. */
  ports: readonly { port: number; user: string }[]
}

/** Throws one error that lists every fault. */
export async function requireReady(needs: Needs): Promise<void> {
  if (process.env.MILLRACE_CHECKS === 'never') return
  const faults = await preflight(needs)
  if (faults.length > 0) throw new Error(notReady(faults))
}

/** Every fault that would end a start later, each as one sentence with its remedy. */
export async function preflight(needs: Needs): Promise<string[]> {
  const host = await hostFaults(needs)
  if (process.platform !== 'linux') return host
  const { layout, kubernetes, build, ports } = needs
  const env = withSystemPath()
  // A user who is not root does not need to know what root would lack.
  const rights =
    kubernetes && host.length === 0
      ? [capabilityFaults(), cgroupFaults(), toolFaults(), [foreignKubelet() ?? []].flat()]
      : []
  const toBuild = downloadSource(process.env).kind === 'never' ? build : []
  const checks = [
    ...rights,
    portFaults(ports, layout.name),
    folderFaults(layout),
    goFault(toBuild, env).then((fault) => fault ?? []),
    diskNeedsOf(needs, toBuild, env).then(diskFaults),
    // Running components have their memory already, and builds finish before any component starts.
    ports.length > 0 ? memoryFaults(needs) : [],
    toBuild.length > 0 ? memoryFaultsToBuild() : [],
  ]
  const faults = await Promise.all(checks.map((check) => Promise.race([check, undecided()])))
  return [...host, ...faults.flat()]
}

/** A start does not wait for a program that hangs when asked for its version. All checks together take 0.1 s. */
const GIVEN_UP_AFTER_MS = 3_000
const undecided = (): Promise<string[]> => sleep(GIVEN_UP_AFTER_MS, [], { ref: false })

const notReady = (faults: string[]): string =>
  [
    'This machine is not ready, and nothing was installed or built:',
    ...faults.map((fault) => `  - ${fault}.`),
    'To start without these checks: MILLRACE_CHECKS=never',
  ].join('\n')

/** Size of each program, stripped, downloaded or built: about 0.4 GB for all. */
const PROGRAM_BYTES: Record<BuildTarget, number> = {
  temporal: 0.15 * GB,
  cluster: 0.15 * GB,
  kwok: 0.06 * GB,
}
/** etcd preallocates two write-ahead files of 64 MB. The databases and logs of a first day add to it. */
const STATE_BYTES = 0.5 * GB
/** containerd, runc, CNI plugins and iptables with their dependencies: 155 MB installed and 35 MB as archives. */
const PACKAGE_BYTES = 0.25 * GB

async function diskNeedsOf(
  { layout, kubernetes, build, ports }: Needs,
  toBuild: readonly BuildTarget[],
  env: NodeJS.ProcessEnv,
): Promise<DiskNeed[]> {
  const programs = build.reduce((bytes, name) => bytes + PROGRAM_BYTES[name], 0)
  const packages = kubernetes && missingTools().length > 0 ? PACKAGE_BYTES : 0
  return [
    { what: 'programs', folder: cacheHome(), bytes: programs },
    // Running components have their state already.
    { what: 'state', folder: layout.stateDir, bytes: ports.length > 0 ? STATE_BYTES : 0 },
    { what: 'Debian packages', folder: '/usr', bytes: packages },
    ...(await diskNeedsToBuild(toBuild, env)),
  ]
}
