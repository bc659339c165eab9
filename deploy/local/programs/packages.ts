import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { type Report, reported } from '../progress.ts'

const run = promisify(execFile)

/** What runs containers, by the Debian package that brings it. */
export const containerPackages: Record<string, string> = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: '/usr/sbin/iptables',
  iproute2: '/usr/sbin/ip',
  'busybox-static': '/bin/busybox',
}

/** Installs what is missing, by the file that each brings. */
export async function ensurePackages(packages: Record<string, string>, report: Report): Promise<void> {
  const missing = Object.entries(packages).flatMap(([name, file]) => (existsSync(file) ? [] : [name]))
  if (missing.length > 0) await installPackages(missing, report)
}

/** Whether apt can be used: root, on Debian or its kin. */
export const canInstall = (): boolean => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

/** Installs with apt where that can be done; else says what to do. */
export async function installPackages(missing: string[], report: Report): Promise<void> {
  if (!canInstall()) {
    throw new Error(
      `These are missing: ${missing.join(', ')}. Install them (on Debian, as root: apt-get install ${missing.join(' ')}), ` +
        'or name a cluster of yours: npm start -- --context NAME',
    )
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Never at the price of a package that somebody chose: Docker's containerd.io, the ordinary busybox.
  const install = ['install', '-y', '-q', '--no-remove', '--no-install-recommends', ...missing]
  await reported(report, `Installing Debian packages: ${missing.join(' ')}`, async () => {
    try {
      await run('apt-get', install, { env, maxBuffer: 64 << 20 })
    } catch {
      // Package lists that are missing or old are the usual reason.
      await run('apt-get', ['update', '-q'], { env, maxBuffer: 64 << 20 })
      await run('apt-get', install, { env, maxBuffer: 64 << 20 })
    }
  })
}
