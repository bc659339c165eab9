/**
 * The world of the chaos suite: a stack of its own, with Millrace's worker and API on it as processes, a second
 * worker that can join, and a network between Millrace and its servers that can be cut and held.
 *
 * Nothing stands in for anything. A fault ends a real process, takes away a real object, or has the real API
 * server refuse; what the suite itself asks goes past the network that it cuts, so that it sees what is so.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Layout, layoutOf, localUrl } from '../../deploy/local/layout.ts'
import type { Component } from '../../deploy/local/processes/component.ts'
import { installInto, millraceParts } from '../../deploy/local/processes/millrace.ts'
import { type Stack, startStack, stopStack } from '../../deploy/local/stack.ts'
import { createKube, type Kube } from '../../src/kube/client.ts'
import { loadKubeConfig } from '../../src/kube/config.ts'
import { testSettings } from '../processes.ts'
import { type Link, startLink } from './link.ts'

/** Out of the way of people's stacks, and of those of the other tests. */
const CHAOS_STACK = 93

export type Report = (line: string) => void

export interface World {
  stack: Stack
  /** Past the network that is cut. */
  kube: Kube
  api: string
  worker: Component
  /** Not running as a rule. */
  secondWorker: Component
  apiProcess: Component
  toTemporal: Link
  toApiServer: Link
  report: Report
  /** How long an outage lasts that has no other end, in milliseconds. */
  outageMs: number
  part(name: string): Component
  /** Everything is up and reachable again, whatever a fault has left. */
  mend(): Promise<void>
  down(): Promise<void>
}

export async function bringUp(report: Report, outageMs: number): Promise<World> {
  const layout = layoutOf('chaos', CHAOS_STACK, join(tmpdir(), 'millrace-chaos'))
  // What an interrupted run left behind.
  await takeDown(layout)
  const stack = await startStack({ layout, report })
  installInto(stack)
  const { ports } = layout
  const toTemporal = await startLink(ports.temporal)
  const toApiServer = await startLink(ports.apiServer)
  const settings = {
    ...testSettings,
    TEMPORAL_ADDRESS: `127.0.0.1:${toTemporal.port}`,
    KUBECONFIG: kubeconfigThrough(stack, toApiServer.port),
  }
  const { worker, api } = millraceParts(stack, settings)
  const { worker: secondWorker } = millraceParts({ ...stack, layout: secondLayout(layout) }, settings)
  const { kubeconfig, context } = stack
  const kube = createKube(loadKubeConfig({ kubeconfig, context }))
  await Promise.all([worker.start(), api.start()])
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
      if (!found) throw new Error(`the stack has no part ${name}`)
      return found
    },
    async mend() {
      toTemporal.release()
      toApiServer.release()
      for (const part of [...stack.components, worker, api]) await part.start()
    },
    async down() {
      await kube.close()
      await takeDown(layout)
      await Promise.all([toTemporal.close(), toApiServer.close()])
    },
  }
}

/** Pid file, log and port of the second worker; all else is the stack's. */
const secondLayout = (layout: Layout): Layout => ({
  ...layout,
  stateDir: join(layout.stateDir, 'second'),
  ports: { ...layout.ports, worker: layout.ports.jobs + 1 },
})

async function takeDown(layout: Layout): Promise<void> {
  const described: Stack = {
    layout: secondLayout(layout),
    temporalAddress: '',
    temporalUiUrl: '',
    kubeconfig: undefined,
    context: layout.context,
    nodeName: undefined,
    components: [],
  }
  await millraceParts(described).worker.stop('SIGKILL')
  await stopStack(layout, { forget: true })
}

function kubeconfigThrough({ kubeconfig = '', layout }: Stack, port: number): string {
  const text = readFileSync(kubeconfig, 'utf8')
  const direct = localUrl(layout.ports.apiServer, 'https')
  const file = join(layout.stateDir, 'kubeconfig-through-proxy')
  writeFileSync(file, text.replaceAll(direct, localUrl(port, 'https')), { mode: 0o600 })
  return file
}
