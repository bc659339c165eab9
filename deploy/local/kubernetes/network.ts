import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Layout } from '../layout.ts'

const run = promisify(execFile)
const quietly = (command: string, args: string[]): Promise<unknown> =>
  run(command, args).catch(() => undefined)

/**
 * Lets pods reach the API server at its service address, which kube-proxy would do elsewhere, and the world. The
 * bridge exists before the first pod and may route to loopback, where the API server listens; a guard keeps pods
 * from everything else there. Our own rules rather than the bridge plugin's, so that a stop can take them away.
 */
export async function openNetwork(layout: Layout): Promise<void> {
  const { bridge, gateway } = layout
  await quietly('ip', ['link', 'add', bridge, 'type', 'bridge'])
  await quietly('ip', ['address', 'add', `${gateway}/24`, 'dev', bridge])
  await run('ip', ['link', 'set', bridge, 'up'])
  await run('sysctl', ['-qw', 'net.ipv4.ip_forward=1', `net.ipv4.conf.${bridge}.route_localnet=1`])
  for (const [table, chain, ...rule] of rules(layout)) {
    const place = ['-t', table, '-C', chain, ...rule]
    await run('iptables', place).catch(() => run('iptables', ['-t', table, '-A', chain, ...rule]))
  }
}

export async function closeNetwork(layout: Layout): Promise<void> {
  for (const [table, chain, ...rule] of rules(layout))
    await quietly('iptables', ['-t', table, '-D', chain, ...rule])
  await quietly('ip', ['link', 'delete', layout.bridge])
}

type Rule = [table: string, chain: string, ...rule: string[]]

function rules({ bridge, podCidr, apiServerVip, ports }: Layout): Rule[] {
  const toApiServer = ['-d', apiServerVip, '-p', 'tcp', '--dport', '443']
  return [
    [
      'nat',
      'PREROUTING',
      '-i',
      bridge,
      ...toApiServer,
      '-j',
      'DNAT',
      '--to-destination',
      `127.0.0.1:${ports.apiServer}`,
    ],
    ['nat', 'POSTROUTING', '-s', podCidr, '!', '-d', podCidr, '-j', 'MASQUERADE'],
    [
      'filter',
      'INPUT',
      '-i',
      bridge,
      '-d',
      '127.0.0.0/8',
      '-m',
      'conntrack',
      '!',
      '--ctstate',
      'DNAT',
      '-j',
      'DROP',
    ],
  ]
}
