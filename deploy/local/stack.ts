/**
 * The local stack: a real Temporal server and a real Kubernetes, on loopback, out of nothing.
 *
 * Nothing here stands in for anything. Temporal's development server keeps its state in a file and brings its Web
 * UI (`temporalStore: 'postgres'` runs the regular server on PostgreSQL instead); etcd, API server, controllers,
 * scheduler and kubelet are built from their own modules, containerd and runc come from Debian. Containers
 * really run, logs really come from the kubelet.
 *
 * Every part is a process of its own with its log under the state folder, detached from the terminal, so that
 * Ctrl-C does not end them in any order, and `--detach` is nothing special. What runs is known by pid files (pid
 * and start time), so another process can stop the stack, or find it running and use it. All that two stacks on
 * one machine would fight about (ports, addresses, bridge, cgroup, sockets) is derived in layout.ts.
 *
 * A start first removes what a crash may have left (leftovers.ts), unless the stack runs already. Anything that
 * does not come up says which part it is and shows the last lines of its log.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { containerd } from './kubernetes/containerd.ts'
import {
  apiServer,
  controllerManager,
  etcd,
  forgetCertificates,
  scheduler,
} from './kubernetes/control-plane.ts'
import { ensureCredentials, pathsOf } from './kubernetes/credentials.ts'
import { importImages } from './kubernetes/images.ts'
import { kubelet, NODE } from './kubernetes/kubelet.ts'
import { openNetwork } from './kubernetes/network.ts'
import { type Layout, localUrl } from './layout.ts'
import { mountsBelow, removeLeftovers } from './processes/cleanup.ts'
import type { Component } from './processes/component.ts'
import { lock } from './processes/lock.ts'
import { containerPackages, ensurePackages } from './programs/packages.ts'
import { type Report, reported } from './progress.ts'
import { temporalOnPostgres } from './temporal/on-postgres.ts'
import { temporalServer } from './temporal/server.ts'

export interface Stack {
  layout: Layout
  temporalAddress: string
  temporalUiUrl: string
  kubeconfig: string | undefined
  context: string
  /** Name of the one real cluster node, where we made it. */
  nodeName: string | undefined
  /** The processes, in the order of their start; each can be ended and started again alone. */
  components: Component[]
}

export interface StackOptions {
  layout: Layout
  report: Report
  /** A cluster of the user's: then no Kubernetes is started. */
  cluster?: { context: string; kubeconfig: string | undefined }
  /** A Temporal of the user's: then none is started. */
  temporalAddress?: string
  temporalUiUrl?: string
  /** Where our Temporal keeps its state: a file by default. On PostgreSQL it has no Web UI. */
  temporalStore?: 'sqlite' | 'postgres'
}

/** Resolves when everything is ready to be used. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { stateDir } = options.layout
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const unlock = lock(stateDir)
  try {
    return await startParts(options)
  } finally {
    unlock()
  }
}

async function startParts(options: StackOptions): Promise<Stack> {
  const { layout, report } = options
  const temporal = await temporalParts(options)
  if (options.cluster) {
    await startInTurn(temporal, report)
    return describe(options, temporal)
  }
  await ensurePackages(containerPackages, report)
  const parts = {
    etcd: await etcd(layout, report),
    apiServer: await apiServer(layout, report),
    controllerManager: await controllerManager(layout, report),
    scheduler: await scheduler(layout, report),
    containerd: await containerd(layout),
    kubelet: await kubelet(layout, report),
  }
  // One part alone may have died: then it is started again. Only where nothing runs is there a crash to clear away.
  if (Object.values(parts).every((part) => !part.process())) {
    await removeLeftovers(layout)
    forgetCertificates(layout)
    // What the last call removed of their folders is made again.
    parts.containerd = await containerd(layout)
    parts.kubelet = await kubelet(layout, report)
  }
  ensureCredentials(layout)
  await openNetwork(layout)
  await Promise.all([
    startInTurn(temporal, report),
    startOne(parts.containerd, report).then(() => importImages(layout, report)),
    (async () => {
      await startOne(parts.etcd, report)
      await startOne(parts.apiServer, report)
      await Promise.all([startOne(parts.controllerManager, report), startOne(parts.scheduler, report)])
    })(),
  ])
  await startOne(parts.kubelet, report)
  return describe(options, [...temporal, ...Object.values(parts)])
}

async function temporalParts({ layout, report, ...options }: StackOptions): Promise<Component[]> {
  if (options.temporalAddress) return []
  if (options.temporalStore === 'postgres') return temporalOnPostgres(layout, report)
  return [await temporalServer(layout, report)]
}

/** Ends everything that a start of this layout left running, whoever started it. `forget` removes its state too. */
export async function stopStack(layout: Layout, options: { forget?: boolean } = {}): Promise<void> {
  await removeLeftovers(layout)
  if (!options.forget) return
  const [mounted] = mountsBelow([layout.stateDir])
  // What is mounted there may be somebody's volume: its files are not ours to delete.
  if (mounted)
    throw new Error(
      `${mounted} is still mounted: \`umount ${mounted}\`, then remove ${layout.stateDir} by hand`,
    )
  rmSync(layout.stateDir, { recursive: true, force: true })
}

const startOne = (component: Component, report: Report): Promise<void> =>
  component.process()
    ? component.start()
    : reported(report, `Starting ${component.name}`, () => component.start())

async function startInTurn(components: Component[], report: Report): Promise<void> {
  for (const component of components) await startOne(component, report)
}

function describe(options: StackOptions, components: Component[]): Stack {
  const { layout, cluster } = options
  return {
    layout,
    components,
    temporalAddress: options.temporalAddress ?? `127.0.0.1:${layout.ports.temporal}`,
    temporalUiUrl: options.temporalUiUrl ?? localUrl(layout.ports.temporalUi),
    kubeconfig: cluster ? cluster.kubeconfig : pathsOf(layout).kubeconfig,
    context: cluster?.context ?? layout.context,
    nodeName: cluster ? undefined : NODE,
  }
}
