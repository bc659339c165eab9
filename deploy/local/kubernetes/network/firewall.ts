import { execFile, type PromiseWithChild } from 'node:child_process'
import { promisify } from 'node:util'
import { withSystemPath } from '../../environment/system-path.ts'
import type { Layout } from '../../layout.ts'

const run = promisify(execFile)
/** Another program may hold the lock while it writes thousands of rules. */
const LOCK_WAIT_S = '20'

interface Chain {
  table: 'nat' | 'filter'
  /** The built-in chain whose first rule jumps to ours. */
  from: 'PREROUTING' | 'POSTROUTING' | 'FORWARD' | 'INPUT'
  name: string
  rules: string[]
}

/**
 * Inserts the rules of a stack's bridge before all others. After the rules or the policy of Docker, ufw or another
 * firewall, which drop unknown traffic, they would never be reached. They are in chains of their own, so that they
 * can be replaced or removed as a whole in one step, whatever other rules have changed. An older version of them is
 * replaced.
 */
export async function addFirewallRules(layout: Layout): Promise<void> {
  for (const chain of chainsOf(layout)) {
    const { jumps } = await find(chain)
    await restore(chain.table, [
      // Creates the chain, or empties it.
      `:${chain.name} - [0:0]`,
      ...chain.rules.map((rule) => `-A ${chain.name} ${rule}`),
      ...jumps.map((jump) => `-D ${jump}`),
      `-I ${jumpTo(chain)}`,
    ])
  }
}

export async function removeFirewallRules(layout: Layout): Promise<void> {
  for (const chain of chainsOf(layout)) {
    const { jumps, exists } = await find(chain)
    if (!exists) continue
    await restore(chain.table, [...jumps.map((jump) => `-D ${jump}`), `-F ${chain.name}`, `-X ${chain.name}`])
  }
}

function chainsOf({ bridge, podCidr, gateway, apiServerVip, ports }: Layout): Chain[] {
  const apiServer = `127.0.0.1 -p tcp --dport ${ports.apiServer}`
  const chain = (table: Chain['table'], from: Chain['from'], rules: string[]): Chain => ({
    table,
    from,
    name: `${bridge}-${from}`,
    rules,
  })
  return [
    chain('nat', 'PREROUTING', [
      `-i ${bridge} -d ${apiServerVip} -p tcp --dport 443 -j DNAT --to-destination 127.0.0.1:${ports.apiServer}`,
    ]),
    chain('nat', 'POSTROUTING', [`-s ${podCidr} ! -d ${podCidr} -j MASQUERADE`]),
    chain('filter', 'FORWARD', [
      `-i ${bridge} -j ACCEPT`,
      `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    ]),
    chain('filter', 'INPUT', [
      // The bridge may route to loopback, but only to the API server.
      `-i ${bridge} -d 127.0.0.0/8 -m conntrack ! --ctstate DNAT -j DROP`,
      `-i ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-i ${bridge} -d ${apiServer} -j ACCEPT`,
      `-i ${bridge} -d ${gateway} -p tcp --dport ${ports.jobs} -j ACCEPT`,
      // No other machine may use the gateway's address.
      '-i lo -j RETURN',
      `! -i ${bridge} -d ${gateway} -j DROP`,
    ]),
  ]
}

const jumpTo = ({ from, name }: Chain): string => `${from} -j ${name}`

/** The jumps to the chain, and whether the chain exists. */
async function find(chain: Chain): Promise<{ jumps: string[]; exists: boolean }> {
  const { stdout } = await iptables('iptables', ['-t', chain.table, '-S'])
  const lines = stdout.split('\n')
  const jump = jumpTo(chain)
  return {
    jumps: lines.filter((line) => line === `-A ${jump}`).map(() => jump),
    exists: lines.includes(`-N ${chain.name}`),
  }
}

/** Applies all lines or none. Other rules in the table stay. */
async function restore(table: string, lines: string[]): Promise<void> {
  const done = iptables('iptables-restore', ['--noflush'])
  done.child.stdin?.end(`*${table}\n${lines.join('\n')}\nCOMMIT\n`)
  await done
}

const iptables = (
  command: 'iptables' | 'iptables-restore',
  args: string[],
): PromiseWithChild<{ stdout: string }> =>
  run(command, ['-w', LOCK_WAIT_S, ...args], {
    env: withSystemPath(),
    encoding: 'utf8',
    // A machine may have thousands of rules.
    maxBuffer: 64 << 20,
  })
