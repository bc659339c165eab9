import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ownCluster } from '../preflight/alternatives.ts'
import { pidsWhere } from '../processes/kill.ts'
import { nameOf, readProcess } from '../processes/process-id.ts'
import { pidFileOf } from '../processes/running-components.ts'
import { linkTarget, textOf } from '../read-if-exists.ts'

/** Where every kubelet listens for device plugins. No setting moves or disables it. */
const SOCKET = '/var/lib/kubelet/device-plugins/kubelet.sock'

/**
 * Why our kubelet must not start beside the kubelet of another cluster. A kubelet that starts removes every socket in
 * the folder of device plugins, so the other cluster would lose its devices (GPUs). undefined if there is no such
 * kubelet. Our own stacks have no devices to lose, and a kubelet in a container has a folder of its own.
 */
export function foreignKubelet(socket = SOCKET): string | undefined {
  const inodes = listenersAt(socket)
  if (inodes.length === 0) return undefined
  const [foreign] = pidsWhere((pid) => holdsOneOf(pid, inodes))
    .filter((pid) => seesSameFolder(pid, dirname(socket)))
    .filter((pid) => !isOurs(pid))
  if (foreign === undefined) return undefined
  return (
    `A kubelet of another cluster runs on this machine, ${nameOf(foreign)}. A second one would remove the ` +
    `sockets in ${dirname(socket)}, and that cluster would lose its devices: ${ownCluster}, or stop that kubelet and try again`
  )
}

/** Inodes of the sockets bound to a path, also after the file was removed. */
const listenersAt = (path: string): string[] =>
  readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[7] === path)
    .map((fields) => fields[6] ?? '')

const holdsOneOf = (pid: number, inodes: string[]): boolean =>
  readdirSync(`/proc/${pid}/fd`).some((fd) => {
    const target = linkTarget(`/proc/${pid}/fd/${fd}`)
    return inodes.some((inode) => target === `socket:[${inode}]`)
  })

function seesSameFolder(pid: number, folder: string): boolean {
  try {
    const [here, there] = [statSync(folder), statSync(`/proc/${pid}/root${folder}`)]
    return here.dev === there.dev && here.ino === there.ino
  } catch {
    // One of the two mount namespaces has no such folder.
    return false
  }
}

/** Its root folder is in a state folder whose pid file names this process. */
function isOurs(pid: number): boolean {
  const root = textOf(`/proc/${pid}/cmdline`)
    .split('\0')
    .find((argument) => argument.startsWith('--root-dir='))
  if (!root) return false
  return readProcess(pidFileOf(dirname(root.slice('--root-dir='.length)), 'kubelet'))?.pid === pid
}
