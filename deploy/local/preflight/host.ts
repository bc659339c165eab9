import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withSystemPath } from '../environment/system-path.ts'
import { withoutKubernetes } from './alternatives.ts'

const run = promisify(execFile)

/** The kind of system, and root: the checks that run.sh makes before Node is installed, in the same words. */
export async function hostFaults(needs: { kubernetes: boolean }): Promise<string[]> {
  const script = join(import.meta.dirname, 'host.sh')
  const { stdout } = await run('sh', [script, ...(needs.kubernetes ? ['kubernetes'] : [])], {
    env: withSystemPath(),
  })
  return stdout.split('\n').filter(Boolean)
}

/** Bit numbers of linux/capability.h. */
const capabilities = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const

/** Root in a container lacks these unless they were granted. `status` is /proc/<pid>/status. */
export function capabilityFaults(status = readFileSync('/proc/self/status', 'utf8')): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? 'ffffffff'}`)
  const lacking = Object.entries(capabilities).flatMap(([name, bit]) =>
    (effective >> BigInt(bit)) & 1n ? [] : [name],
  )
  if (lacking.length === 0) return []
  return [
    `Root cannot mount file systems or set up networks here (${lacking.join(' and ')} is missing), as in a container ` +
      `without --privileged: run this outside the container, or in a privileged one, or ${withoutKubernetes}`,
  ]
}

/** The kubelet makes a cgroup for every pod, in each hierarchy. */
export function cgroupFaults(root = '/sys/fs/cgroup'): string[] {
  const unified = existsSync(join(root, 'cgroup.controllers'))
  const hierarchies = unified ? [root] : foldersIn(root)
  if (hierarchies.length === 0)
    return [`No cgroups are mounted at ${root}: mount them (systemd does that), or ${withoutKubernetes}`]
  const readOnly = hierarchies.filter((folder) => !isWritable(folder))
  if (readOnly.length === 0) return []
  return [
    `${readOnly.join(', ')} cannot be written, and every pod needs a cgroup: the machine is a container without ` +
      `--privileged, or mounts them read-only. Remount them (\`mount -o remount,rw ${readOnly[0]}\`, if that is ` +
      `allowed), or ${withoutKubernetes}`,
  ]
}

const foldersIn = (root: string): string[] =>
  existsSync(root)
    ? readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(root, name))
    : []

/** Also for root, whom only a read-only file system stops. */
function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
