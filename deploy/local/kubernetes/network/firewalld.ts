import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'

const run = promisify(execFile)
/** It accepts all that comes from its interfaces. firewalld's own tables are asked whatever other rules have said. */
const ZONE = '--zone=trusted'

/** Where firewalld runs, it takes the bridge for one of the outer world until it is told; until it is loaded anew. */
export async function trustBridge(bridge: string): Promise<void> {
  if (await isRunning()) await firewallCmd(ZONE, `--change-interface=${bridge}`)
}

export async function distrustBridge(bridge: string): Promise<void> {
  if (!(await isRunning())) return
  // Exits with 1 where it is not in the zone.
  const isTrusted = await firewallCmd(ZONE, `--query-interface=${bridge}`).then(
    () => true,
    () => false,
  )
  if (isTrusted) await firewallCmd(ZONE, `--remove-interface=${bridge}`)
}

/** Exits with 252 where it is installed and does not run. */
const isRunning = (): Promise<boolean> =>
  firewallCmd('--state').then(
    () => true,
    () => false,
  )

const firewallCmd = (...args: string[]): Promise<unknown> =>
  run('firewall-cmd', args, { env: withSystemPath() })
