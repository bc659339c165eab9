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
 * Lets pods reach the API server at its service address, which kube-proxy would do elsewhere, the door for jobs at the
 * gateway's address, and the world. The bridge exists before the first pod and may route to loopback, where the API
 * server listens; a guard keeps pods from everything else there. Our own rules rather than the bridge plugin's, so that
 * a stop can take them away. What is there already is set right.
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

/** The bridge goes last: as long as it is there, something of ours may be. */
export async function tearDownNetwork(layout: Layout): Promise<void> {
  const { bridge } = layout
  // A machine with no such commands has no network of ours.
  const there = await bridges().catch((): string[] => [])
  if (!there.includes(bridge)) {
    // Removed by hand, its rules may still be there; or there never were any.
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
  // One that vanishes while they are listed leaves an empty entry.
  return links.flatMap(({ ifname }) => ifname ?? [])
}

async function ip(...args: string[]): Promise<string> {
  return (await run('ip', args, { env: withSystemPath() })).stdout
}
