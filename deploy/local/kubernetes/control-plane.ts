import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import { ensureBinary } from '../programs/binaries.ts'
import type { Report } from '../progress.ts'
import { adminToken, pathsOf, writeKubeconfig } from './credentials.ts'

/** Rates of the controllers' clients: the defaults (20 and 50 a second) would be the bound of everything. */
const QPS = 1000
const BURST = 2000

export async function etcd({ ports, stateDir }: Layout, report: Report): Promise<Component> {
  const client = localUrl(ports.etcd)
  const peer = localUrl(ports.etcdPeer)
  return new Component(
    {
      name: 'etcd',
      binary: await ensureBinary('etcd', report),
      args: [
        ...['--name', 'local', '--data-dir', join(stateDir, 'etcd'), '--log-level', 'warn'],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...[
          '--listen-peer-urls',
          peer,
          '--initial-advertise-peer-urls',
          peer,
          '--initial-cluster',
          `local=${peer}`,
        ],
        ...['--quota-backend-bytes', String(4 << 30), '--auto-compaction-retention', '5m'],
      ],
      ports: [ports.etcd, ports.etcdPeer],
      ready: async () => (await fetch(`${client}/health`)).ok,
    },
    stateDir,
  )
}

export async function apiServer(layout: Layout, report: Report): Promise<Component> {
  const { ports, stateDir } = layout
  const { tokens, apiServerCerts, serviceAccountKey } = pathsOf(layout)
  return new Component(
    {
      name: 'kube-apiserver',
      argv0: 'kube-apiserver',
      binary: await ensureBinary('kubernetes', report),
      args: [
        `--etcd-servers=${localUrl(ports.etcd)}`,
        `--secure-port=${ports.apiServer}`,
        '--bind-address=127.0.0.1',
        // Together these let an API server live on loopback, which it otherwise refuses to advertise.
        '--advertise-address=127.0.0.1',
        '--endpoint-reconciler-type=none',
        `--cert-dir=${apiServerCerts}`,
        `--token-auth-file=${tokens}`,
        '--authorization-mode=RBAC',
        `--service-cluster-ip-range=${layout.serviceCidr}`,
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `--service-account-key-file=${serviceAccountKey}`,
        `--service-account-signing-key-file=${serviceAccountKey}`,
        // The node is named localhost, where its kubelet listens: so logs and exec find it.
        '--kubelet-preferred-address-types=Hostname,InternalIP',
        '--allow-privileged=true',
        '--max-requests-inflight=1000',
        '--max-mutating-requests-inflight=500',
        '--profiling=false',
      ],
      ports: [ports.apiServer],
      async ready() {
        const ready = (await apiGet(layout, '/readyz')).status === 200
        if (ready) writeKubeconfig(layout)
        return ready
      },
    },
    stateDir,
  )
}

/** Certificates are made anew at every start: one that was kept would end after a year, in silence. */
export const forgetCertificates = (layout: Layout): void => {
  rmSync(pathsOf(layout).apiServerCerts, { recursive: true, force: true })
}

export async function controllerManager(layout: Layout, report: Report): Promise<Component> {
  const { ports, stateDir } = layout
  const { kubeconfig, serviceAccountKey, apiServerCert } = pathsOf(layout)
  return new Component(
    {
      name: 'kube-controller-manager',
      argv0: 'kube-controller-manager',
      binary: await ensureBinary('kubernetes', report),
      args: [
        `--kubeconfig=${kubeconfig}`,
        '--leader-elect=false',
        '--bind-address=127.0.0.1',
        `--secure-port=${ports.controllerManager}`,
        `--cert-dir=${join(stateDir, 'pki', 'controller-manager')}`,
        `--service-account-private-key-file=${serviceAccountKey}`,
        `--root-ca-file=${apiServerCert}`,
        `--kube-api-qps=${QPS}`,
        `--kube-api-burst=${BURST}`,
        '--concurrent-job-syncs=40',
        '--profiling=false',
      ],
      ports: [ports.controllerManager],
      ready: () => healthz(ports.controllerManager),
    },
    stateDir,
  )
}

export async function scheduler(layout: Layout, report: Report): Promise<Component> {
  const { ports, stateDir } = layout
  const config = join(stateDir, 'scheduler.json')
  const settings = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig: pathsOf(layout).kubeconfig, qps: QPS, burst: BURST },
  }
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(config, JSON.stringify(settings))
  return new Component(
    {
      name: 'kube-scheduler',
      argv0: 'kube-scheduler',
      binary: await ensureBinary('kubernetes', report),
      args: [
        `--config=${config}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${ports.scheduler}`,
        `--cert-dir=${join(stateDir, 'pki', 'scheduler')}`,
      ],
      ports: [ports.scheduler],
      ready: () => healthz(ports.scheduler),
    },
    stateDir,
  )
}

const healthz = async (port: number): Promise<boolean> =>
  (await httpsGet(localUrl(port, 'https'), '/healthz')).status === 200

/** A look at the API server with the administrator's token, before anything else can be set up. */
export const apiGet = (layout: Layout, path: string): Promise<{ status: number; body: string }> =>
  httpsGet(
    localUrl(layout.ports.apiServer, 'https'),
    path,
    existsSync(pathsOf(layout).tokens) ? adminToken(layout) : '',
  )

/** Certificates are not checked: they were made a moment ago by the process that is asked, on loopback. */
function httpsGet(base: string, path: string, token = ''): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {}
    const options = { rejectUnauthorized: false, headers, timeout: 3_000 }
    const call = request(`${base}${path}`, options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    call.on('timeout', () => call.destroy(new Error(`${base}${path} does not answer`)))
    call.on('error', reject)
    call.end()
  })
}
