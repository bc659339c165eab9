import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, localUrl } from '../layout.ts'
import { Component } from '../processes/component.ts'
import type { Program } from '../programs/program.ts'
import { certificatesOf, removeCertificates } from './certificates.ts'
import { adminToken, pathsOf, writeKubeconfig } from './credentials.ts'
import { type Answer, callHttps } from './https.ts'

/** Rate limits of the controllers' clients. The defaults (20 and 50 requests a second) would limit everything. */
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
        // Both are needed for an API server on loopback, which it otherwise refuses to advertise.
        '--advertise-address=127.0.0.1',
        '--endpoint-reconciler-type=none',
        `--cert-dir=${apiServerCerts}`,
        `--token-auth-file=${tokens}`,
        '--authorization-mode=RBAC',
        `--service-cluster-ip-range=${layout.serviceCidr}`,
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `--service-account-key-file=${serviceAccountKey}`,
        `--service-account-signing-key-file=${serviceAccountKey}`,
        // The node is named localhost, where its kubelet listens, so that logs and exec reach it.
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

/** Every start makes new certificates, because a kept one would expire after a year unnoticed. */
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

/** A GET with the administrator's token, before anything else is set up. */
export const apiGet = (layout: Layout, path: string): Promise<Answer> =>
  callHttps(`${localUrl(layout.ports.apiServer, 'https')}${path}`, {
    token: existsSync(pathsOf(layout).tokens) ? adminToken(layout) : '',
  })
