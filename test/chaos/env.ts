/**
 * The environment of the chaos suite: a stack of its own with Millrace's worker and API as processes, a second worker,
 * and TCP proxies between Millrace and its servers.
 *
 * There are no fakes. A fault kills a real process, deletes a real object, or makes the real API server refuse. The
 * suite's own requests bypass the proxies, so that it sees the real state.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { localUrl } from '../../deploy/local/layout.ts'
import type { Component } from '../../deploy/local/processes/component.ts'
import {
  installInto,
  millraceComponent,
  millraceComponents,
} from '../../deploy/local/processes/millrace-components.ts'
import { together } from '../../deploy/local/processes/together.ts'
import { withRollback } from '../../deploy/local/processes/with-rollback.ts'
import { type Stack, startStack } from '../../deploy/local/stack.ts'
import { createKube, type Kube } from '../../src/kubernetes/client/client.ts'
import { loadKubeConfig } from '../../src/kubernetes/client/config.ts'
import { testSettings } from '../processes.ts'
import { type TakenStack, takeStack } from '../take-stack.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

export type Report = (line: string) => void

export interface Env {
  stack: Stack
  /** Bypasses the proxy. */
  kube: Kube
  api: string
  worker: Component
  /** Stopped unless a fault starts it. */
  secondWorker: Component
  apiProcess: Component
  toTemporal: TcpProxy
  toApiServer: TcpProxy
  report: Report
  /** How long an outage lasts if the fault does not end it itself. */
  outageMs: number
  part(name: string): Component
  /** Starts every process and opens every proxy again, whatever state a fault left. */
  restore(): Promise<void>
  down(): Promise<void>
}

interface Options {
  report: Report
  outageMs: number
  signal: AbortSignal
}

export async function bringUp(options: Options): Promise<Env> {
  const taken = await takeStack('chaos', options)
  return withRollback(() => bringUpOn(taken, options), taken.release)
}

async function bringUpOn(
  { layout, release }: TakenStack,
  { report, outageMs, signal }: Options,
): Promise<Env> {
  const stack = await startStack({ layout, report, signal })
  await installInto(stack, signal)
  const { ports } = layout
  const toTemporal = await startTcpProxy(ports.temporal)
  const toApiServer = await startTcpProxy(ports.apiServer)
  const settings = {
    ...testSettings,
    TEMPORAL_ADDRESS: `127.0.0.1:${toTemporal.port}`,
    KUBECONFIG: kubeconfigThrough(stack, toApiServer.port),
  }
  const { worker, api } = millraceComponents(stack, settings)
  // Free: this stack has no PostgreSQL.
  const port = ports.postgres
  const secondWorker = millraceComponent(stack, {
    name: 'millrace-worker-2',
    command: 'worker',
    port,
    settings: { ...settings, MILLRACE_WORKER_PORT: String(port) },
  })
  const { kubeconfig, context } = stack
  const kube = createKube(loadKubeConfig({ kubeconfig, context }))
  await together(
    signal,
    [worker, api].map((part) => (signal) => part.start(signal)),
  )
  return {
    stack,
    kube,
    api: localUrl(ports.api),
    worker,
    secondWorker,
    apiProcess: api,
    toTemporal,
    toApiServer,
    report,
    outageMs,
    part(name) {
      const found = stack.components.find((one) => one.name === name)
      if (!found) throw new Error(`the stack has no process ${name}`)
      return found
    },
    async restore() {
      toTemporal.release()
      toApiServer.release()
      for (const part of [...stack.components, worker, api]) await part.start()
    },
    async down() {
      await kube.close()
      await release()
      await Promise.all([toTemporal.close(), toApiServer.close()])
    },
  }
}

function kubeconfigThrough({ kubeconfig = '', layout }: Stack, port: number): string {
  const text = readFileSync(kubeconfig, 'utf8')
  const direct = localUrl(layout.ports.apiServer, 'https')
  const file = join(layout.stateDir, 'kubeconfig-through-proxy')
  writeFileSync(file, text.replaceAll(direct, localUrl(port, 'https')), { mode: 0o600 })
  return file
}
