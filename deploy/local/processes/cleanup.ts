import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { processesOf, removeCgroup } from '../kubernetes/cgroups.ts'
import { containerdSocket } from '../kubernetes/containerd.ts'
import { closeNetwork } from '../kubernetes/network.ts'
import type { Layout } from '../layout.ts'
import { clearAfterCrash } from '../temporal/postgres-data.ts'
import { endProcess } from './component.ts'
import { killAll, pidsWhere } from './kill.ts'

/** Parts are ended in this order, those that would start things again first; containers go in between. */
const first = [
  'millrace-api',
  'millrace-worker',
  'kwok',
  'kubelet',
  'kube-scheduler',
  'kube-controller-manager',
]
const last = ['containerd', 'kube-apiserver', 'etcd', 'temporal', 'postgres']

/** For a part to end by itself; what it keeps on disk survives SIGKILL too. */
const GRACE_MS = 6_000

/**
 * Ends everything of a stack that still runs, by what its state folder and its cgroup say, and unmounts what it
 * mounted. Serves a regular stop and the first step after a crash alike. Nothing of anybody else's is touched:
 * processes are known by pid and start time, containers by cgroup, shims by the socket they serve.
 */
export async function removeLeftovers(layout: Layout): Promise<void> {
  const { stateDir, cgroup, name } = layout
  const pids = join(stateDir, 'pids')
  const end = (parts: string[]): Promise<unknown> =>
    Promise.all(parts.map((part) => endProcess(join(pids, `${part}.json`), 'SIGTERM', GRACE_MS)))
  await end(first)
  await killAll(() => processesOf(cgroup))
  await killAll(() => shimsOf(layout))
  for (const part of last) await end([part])
  await clearAfterCrash(layout)
  unmountBelow([stateDir, `/run/millrace-${name}`])
  await closeNetwork(layout)
  removeTraces(layout)
  removeCgroup(cgroup)
  rmSync(pids, { recursive: true, force: true })
  rmSync(`/run/millrace-${name}`, { recursive: true, force: true })
}

/** containerd's shims outlive it on purpose; they name the socket of the containerd that they belong to. */
function shimsOf(layout: Layout): number[] {
  const socket = containerdSocket(layout)
  return pidsWhere((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return command[0]?.includes('containerd-shim') === true && command.includes(socket)
  })
}

/** Innermost first; lazily, since a mount that is busy must not keep the next start from working. */
function unmountBelow(folders: string[]): void {
  for (const path of mountsBelow(folders)) {
    try {
      execFileSync('umount', ['--lazy', path], { stdio: 'ignore' })
    } catch {
      // Gone with the one it was in.
    }
  }
}

/** Mount points under the folders, innermost first, whatever links lead there. */
export function mountsBelow(folders: string[]): string[] {
  const real = folders.flatMap((folder) => (existsSync(folder) ? [realpathSync(folder)] : []))
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4]?.replaceAll('\\040', ' ') ?? '')
    .filter((path) => real.some((folder) => path.startsWith(`${folder}/`)))
    .reverse()
}

/** Kubelet and CNI keep traces of every pod outside of any folder that they can be given. */
function removeTraces({ bridge, stateDir }: Layout): void {
  const links = '/var/log/containers'
  for (const name of list(links)) {
    const link = join(links, name)
    if (targetOf(link)?.startsWith(`${stateDir}/`)) rmSync(link, { force: true })
  }
  const results = '/var/lib/cni/results'
  for (const name of list(results))
    if (name.startsWith(`${bridge}-`)) rmSync(join(results, name), { force: true })
}

/** Where a link leads; undefined for what is none, or is gone: other kubelets of the machine keep theirs in the same folder. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
