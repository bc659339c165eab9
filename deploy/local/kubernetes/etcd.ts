import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import type { Program } from '../programs/program.ts'
import { certificatesOf, identityOf } from './certificates.ts'
import { type Answer, type Call, callHttps } from './https.ts'

export function etcd(layout: Layout, program: Program): Component {
  const { ports, stateDir } = layout
  const { authority, etcd } = certificatesOf(layout)
  const client = localUrl(ports.etcd, 'https')
  const peer = localUrl(ports.etcdPeer, 'https')
  return new Component(
    {
      name: 'etcd',
      ...program,
      args: [
        ...['--name', 'local', '--data-dir', join(stateDir, 'etcd'), '--log-level', 'warn'],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--initial-cluster', `local=${peer}`],
        ...['--client-cert-auth', '--trusted-ca-file', authority],
        ...['--cert-file', etcd.cert, '--key-file', etcd.key],
        ...['--peer-client-cert-auth', '--peer-trusted-ca-file', authority],
        ...['--peer-cert-file', etcd.cert, '--peer-key-file', etcd.key],
        ...['--quota-backend-bytes', String(4 << 30), '--auto-compaction-retention', '5m'],
      ],
      ports: [ports.etcd, ports.etcdPeer],
      ready: async () => (await callEtcd(layout, '/health')).status === 200,
    },
    stateDir,
  )
}

/** A request as etcd's only client, the API server. */
export const callEtcd = (layout: Layout, path: string, call: Omit<Call, 'identity'> = {}): Promise<Answer> =>
  callHttps(`${localUrl(layout.ports.etcd, 'https')}${path}`, { ...call, identity: identityOf(layout) })
