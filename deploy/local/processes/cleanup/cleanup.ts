import { readFileSync, rmSync } from 'node:fs'
import { processesOf, removeCgroup } from '../../kubernetes/cgroups.ts'
import { containerdSocket } from '../../kubernetes/containerd/containerd.ts'
import { tearDownNetwork } from '../../kubernetes/network/network.ts'
import type { Layout } from '../../layout.ts'
import { clearAfterCrash } from '../../temporal/postgres-data.ts'
import { killAll, pidsWhere } from '../kill.ts'
import { endProcess, readProcess } from '../process-id.ts'
import { pidFileOf, pidFolder, runningComponents } from '../running-components.ts'
import { type ContainerFiles, containerFiles, removeContainerFiles } from './container-files.ts'
import { unmountBelow } from './mounts.ts'

/**
 * The components that all others depend on. They are stopped last and in this order, after the containers, because
 * the others would start containers again.
 */
const stoppedLast = ['containerd', 'kube-apiserver', 'etcd', 'temporal', 'postgres']

/** For a component to end by itself. What it keeps on disk survives SIGKILL too. */
const GRACE_MS = 6_000

/**
 * Stops everything of a stack that still runs, by its state folder and its cgroup, and unmounts what it mounted. It
 * serves both a regular stop and the first step after a crash. It touches nothing else: processes are identified by
 * pid and start time, containers by cgroup, shims by the socket that they serve. A step that fails does not stop the
 * others; its error is thrown at the end.
 */
export async function cleanUpStack(layout: Layout): Promise<void> {
  const { stateDir } = layout
  const containers = containerFiles(layout)
  const faults: string[] = []
  const step = async (work: () => unknown): Promise<void> => {
    try {
      await work()
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error))
    }
  }
  const end = async (component: string): Promise<void> => {
    const running = readProcess(pidFileOf(stateDir, component))
    if (running) await step(() => endProcess(running, 'SIGTERM', GRACE_MS))
  }
  await Promise.all(
    runningComponents(stateDir)
      .filter((component) => !stoppedLast.includes(component))
      .map(end),
  )
  // Only root can make containers, mounts and addresses, so other users have none.
  const isRoot = process.getuid?.() === 0
  if (isRoot) await step(() => killAll(() => processesOf(layout.cgroup)))
  if (isRoot) await step(() => killAll(() => shimsOf(layout)))
  for (const component of stoppedLast) await end(component)
  await step(() => clearAfterCrash(layout))
  if (isRoot) await removeFromMachine(layout, containers, step)
  if (runningComponents(stateDir).length === 0)
    await step(() => rmSync(pidFolder(stateDir), { recursive: true, force: true }))
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

/** Removes what a stack leaves outside its state folder. */
async function removeFromMachine(
  layout: Layout,
  containers: ContainerFiles[],
  step: (work: () => unknown) => Promise<void>,
): Promise<void> {
  const { stateDir, cgroup, name } = layout
  const folder = `/run/millrace-${name}`
  await step(() => unmountBelow([stateDir, folder]))
  await step(() => tearDownNetwork(layout))
  await step(() => removeContainerFiles(layout, containers))
  await step(() => removeCgroup(cgroup))
  await step(() => rmSync(folder, { recursive: true, force: true }))
}

/** containerd's shims outlive it by design. Their arguments name the socket of their containerd. */
function shimsOf(layout: Layout): number[] {
  const socket = containerdSocket(layout)
  return pidsWhere((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return command[0]?.includes('containerd-shim') === true && command.includes(socket)
  })
}
