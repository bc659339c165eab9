import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'

const run = promisify(execFile)
/** The zone accepts everything from its interfaces. firewalld's own tables apply in addition to all other rules. */
const ZONE = '--zone=trusted'

/**
 * A running firewalld treats the bridge as external unless it is in this zone. The change lasts until firewalld
 * reloads.
 */
export async function trustBridge(bridge: string): Promise<void> {
  if (await isRunning()) await firewallCmd(ZONE, `--change-interface=${bridge}`)
}

export async function distrustBridge(bridge: string): Promise<void> {
  if (!(await isRunning())) return
  // Exits with 1 if the interface is not in the zone.
  const isTrusted = await firewallCmd(ZONE, `--query-interface=${bridge}`).then(
    () => true,
    () => false,
  )
  if (isTrusted) await firewallCmd(ZONE, `--remove-interface=${bridge}`)
}

/** Exits with 252 if firewalld is installed and not running. */
const isRunning = (): Promise<boolean> =>
  firewallCmd('--state').then(
    () => true,
    () => false,
  )

const firewallCmd = (...args: string[]): Promise<unknown> =>
  run('firewall-cmd', args, { env: withSystemPath() })
