import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Layout } from './layout.ts'

const run = promisify(execFile)
const quietly = (command: string, args: string[]): Promise<unknown> =>
  run(command, args).catch(() => undefined)

/**
 * Lets pods reach the API server at its service address, which kube-proxy would do elsewhere: the bridge exists
 * before the first pod, may route to loopback, and one rule turns the address into the API server's port.
 */
export async function openApiServerToPods(layout: Layout): Promise<void> {
  const { bridge, gateway } = layout
  await quietly('ip', ['link', 'add', bridge, 'type', 'bridge'])
  await quietly('ip', ['address', 'add', `${gateway}/24`, 'dev', bridge])
  await run('ip', ['link', 'set', bridge, 'up'])
  await run('sysctl', ['-qw', 'net.ipv4.ip_forward=1', `net.ipv4.conf.${bridge}.route_localnet=1`])
  await run('iptables', ['-t', 'nat', '-C', ...rule(layout)]).catch(() =>
    run('iptables', ['-t', 'nat', '-A', ...rule(layout)]),
  )
}

export async function closeNetwork(layout: Layout): Promise<void> {
  await quietly('iptables', ['-t', 'nat', '-D', ...rule(layout)])
  await quietly('ip', ['link', 'delete', layout.bridge])
}

const rule = ({ bridge, apiServerVip, ports }: Layout): string[] => [
  ...['PREROUTING', '-i', bridge, '-d', apiServerVip, '-p', 'tcp', '--dport', '443'],
  ...['-j', 'DNAT', '--to-destination', `127.0.0.1:${ports.apiServer}`],
]
