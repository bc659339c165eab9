import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'
import type { Layout } from '../../layout.ts'
import { addFirewallRules, removeFirewallRules } from './firewall.ts'
import { distrustBridge, trustBridge } from './firewalld.ts'
import { ensureForwarding, restoreForwarding } from './ip-forward.ts'
import { ensureSetting } from './kernel-setting.ts'

const run = promisify(execFile)

/**
 * Lets pods reach the API server at its service address (kube-proxy's task elsewhere), the job API at the gateway's
 * address, and the internet. The bridge exists before the first pod and may route to loopback, where the API server
 * listens; a rule blocks everything else there. The rules are ours and not the bridge plugin's, so that a stop can
 * remove them. Existing settings are corrected.
 */
export async function setUpNetwork(layout: Layout): Promise<void> {
  const { bridge, gateway } = layout
  if (!(await bridges()).includes(bridge)) await ip('link', 'add', bridge, 'type', 'bridge')
  await ip('address', 'replace', `${gateway}/24`, 'dev', bridge)
  await ip('link', 'set', bridge, 'up')
  ensureForwarding()
  ensureSetting(`conf/${bridge}/route_localnet`, '1')
  await addFirewallRules(layout)
  await trustBridge(bridge)
}

/** Deletes the bridge last: while it exists, other settings of ours may exist too. */
export async function tearDownNetwork(layout: Layout): Promise<void> {
  const { bridge } = layout
  // A machine without these commands has no network of ours.
  const there = await bridges().catch((): string[] => [])
  if (!there.includes(bridge)) {
    // The bridge was deleted by hand and its rules may still exist, or the network was never set up.
    await removeFirewallRules(layout).catch(() => undefined)
    return
  }
  await distrustBridge(bridge)
  await removeFirewallRules(layout)
  restoreForwarding(there.filter((other) => other !== bridge))
  await ip('link', 'delete', bridge)
}

async function bridges(): Promise<string[]> {
  const links = JSON.parse(await ip('-json', 'link', 'show', 'type', 'bridge')) as { ifname?: string }[]
  // A bridge that disappears during the listing leaves an empty entry.
  return links.flatMap(({ ifname }) => ifname ?? [])
}

async function ip(...args: string[]): Promise<string> {
  return (await run('ip', args, { env: withSystemPath() })).stdout
}
