/**
 * What is looked at before a start does anything: whether this machine can run what is to be started. All checks are
 * made at once, within a second, and every fault is told in one go with its remedy, since each of them would end the
 * start anyway, minutes later and one at a time. Nothing is changed by a look.
 *
 * What may still be downloaded is not counted as if it had to be built: Go, and the disk and memory that it takes, are
 * looked at here only where downloads are switched off. Else build.ts looks, when the download has failed.
 *
 * A few checks are estimates (disk, memory) and none knows every machine: MILLRACE_CHECKS=never skips them all.
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

/** What a start is going to do on this machine. */
export interface Needs {
  layout: Layout
  /** A Kubernetes of our own is started. */
  kubernetes: boolean
  /** A Temporal of our own is started. */
  temporal: boolean
  /** What is neither built nor found yet. */
  build: readonly BuildTarget[]
  /** Loopback ports of parts that do not run yet. */
  ports: readonly { port: number; user: string }[]
}

/** Throws one error that lists every fault. */
export async function requireReady(needs: Needs): Promise<void> {
  if (process.env.MILLRACE_CHECKS === 'never') return
  const faults = await preflight(needs)
  if (faults.length > 0) throw new Error(notReady(faults))
}

/** Every fault that would end a start later on, each as one sentence with its remedy. */
export async function preflight(needs: Needs): Promise<string[]> {
  const host = await hostFaults(needs)
  if (process.platform !== 'linux') return host
  const { layout, kubernetes, build, ports } = needs
  const env = withSystemPath()
  // Who is not root need not hear what else root would lack.
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
    // Parts that run already have their memory; and what is built is built before anything is started.
    ports.length > 0 ? memoryFaults(needs) : [],
    toBuild.length > 0 ? memoryFaultsToBuild() : [],
  ]
  const faults = await Promise.all(checks.map((check) => Promise.race([check, undecided()])))
  return [...host, ...faults.flat()]
}

/** A program that hangs when it is asked for its version is no reason to wait: together all checks take 0.1 s. */
const GIVEN_UP_AFTER_MS = 3_000
const undecided = (): Promise<string[]> => sleep(GIVEN_UP_AFTER_MS, [], { ref: false })

const notReady = (faults: string[]): string =>
  [
    'This machine is not ready, and nothing was installed or built:',
    ...faults.map((fault) => `  - ${fault}.`),
    'MILLRACE_CHECKS=never tries all the same.',
  ].join('\n')

/** Each program, stripped, as it is downloaded or built: about 0.4 GB for all. */
const PROGRAM_BYTES: Record<BuildTarget, number> = {
  temporal: 0.15 * GB,
  cluster: 0.15 * GB,
  kwok: 0.06 * GB,
}
/** etcd writes ahead into files of 64 MB, two of them at once; the databases and logs of a first day come on top. */
const STATE_BYTES = 0.5 * GB
/** containerd, runc, CNI plugins and iptables, installed (155 MB) and as archives (35 MB), with what they depend on. */
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
    // What runs already has its state.
    { what: 'state', folder: layout.stateDir, bytes: ports.length > 0 ? STATE_BYTES : 0 },
    { what: 'Debian packages', folder: '/usr', bytes: packages },
    ...(await diskNeedsToBuild(toBuild, env)),
  ]
}
