import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import type { Program } from '../programs/program.ts'
import { certificatesOf, removeCertificates } from './certificates.ts'
import { adminToken, pathsOf, writeKubeconfig } from './credentials.ts'
import { type Answer, callHttps } from './https.ts'

/** Rates of the controllers' clients: the defaults (20 and 50 a second) would be the bound of everything. */
const QPS = 1000
const BURST = 2000

export function apiServer(layout: Layout, program: Program): Component {
  const { ports, stateDir } = layout
  const { tokens, apiServerCerts, serviceAccountKey } = pathsOf(layout)
  const { authority, apiServer } = certificatesOf(layout)
  return new Component(
    {
      name: 'kube-apiserver',
      ...program,
      args: [
        `--etcd-servers=${localUrl(ports.etcd, 'https')}`,
        `--etcd-cafile=${authority}`,
        `--etcd-certfile=${apiServer.cert}`,
        `--etcd-keyfile=${apiServer.key}`,
        `--kubelet-certificate-authority=${authority}`,
        `--kubelet-client-certificate=${apiServer.cert}`,
        `--kubelet-client-key=${apiServer.key}`,
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
export const removeAllCertificates = (layout: Layout): void => {
  rmSync(pathsOf(layout).apiServerCerts, { recursive: true, force: true })
  removeCertificates(layout)
}

export function controllerManager(layout: Layout, program: Program): Component {
  const { ports, stateDir } = layout
  const { kubeconfig, serviceAccountKey, apiServerCert } = pathsOf(layout)
  return new Component(
    {
      name: 'kube-controller-manager',
      ...program,
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

export function scheduler(layout: Layout, program: Program): Component {
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
      ...program,
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
  (await callHttps(`${localUrl(port, 'https')}/healthz`)).status === 200

/** A look at the API server with the administrator's token, before anything else can be set up. */
export const apiGet = (layout: Layout, path: string): Promise<Answer> =>
  callHttps(`${localUrl(layout.ports.apiServer, 'https')}${path}`, {
    token: existsSync(pathsOf(layout).tokens) ? adminToken(layout) : '',
  })
