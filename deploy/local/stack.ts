/**
 * The local stack: a real Temporal server and a real Kubernetes on loopback.
 *
 * Nothing is simulated. Temporal's server keeps its state in a SQLite file, or with `temporalStore: 'postgres'` in a
 * PostgreSQL of its own, and has its Web UI. etcd, API server, controllers, scheduler and kubelet are the official
 * ones; containerd and runc are the machine's. Containers really run, and logs come from the kubelet.
 *
 * Every component is a process with its own log in the state folder. It is detached from the terminal, so that Ctrl-C
 * does not end components in random order and `--detach` needs nothing special. Pid files (pid and start time) record
 * what runs, so another process can stop the stack or use it. layout.ts derives everything that two stacks on one
 * machine would conflict about: ports, addresses, bridge, cgroup, sockets.
 *
 * One process at a time starts or stops a stack (lock.ts), and only with the state folder that the stack runs with
 * (owner.ts). A start first removes what a crash may have left behind (cleanup.ts), unless the stack runs already. A
 * component that fails to start is named with the last lines of its log. An aborted start has ended all its own work
 * when it throws; the caller stops what it has started.
 */
import { mkdirSync } from 'node:fs'
import { containerd } from './kubernetes/containerd/containerd.ts'
import { importImages } from './kubernetes/containerd/images.ts'
import { apiServer, controllerManager, removeAllCertificates, scheduler } from './kubernetes/control-plane.ts'
import { ensureCredentials, pathsOf } from './kubernetes/credentials.ts'
import { etcd } from './kubernetes/etcd.ts'
import { kubelet, NODE } from './kubernetes/kubelet.ts'
import { setUpNetwork } from './kubernetes/network/network.ts'
import { type Layout, localUrl } from './layout.ts'
import { holdStack } from './ownership/lock.ts'
import { isKept, own, requireOwn } from './ownership/owner.ts'
import { requireReady } from './preflight/preflight.ts'
import { cleanUpStack } from './processes/cleanup/cleanup.ts'
import type { Component } from './processes/component.ts'
import { portsToBind } from './processes/component-ports.ts'
import { clusterComponents, runningComponents } from './processes/running-components.ts'
import { startComponent, startInOrder } from './processes/start-component.ts'
import { together } from './processes/together.ts'
import { versions } from './programs/build/targets.ts'
import { currentPrograms, programsFolder } from './programs/cached-programs.ts'
import { ensurePrograms } from './programs/ensure-programs.ts'
import { temporalCliOnPath } from './programs/installed/temporal-cli.ts'
import { targetsToBuild } from './programs/locate-programs.ts'
import { removeOldPrograms } from './programs/old-programs.ts'
import { ensureContainerTools } from './programs/packages/container-tools.ts'
import { clusterPrograms, temporalPrograms } from './programs/program.ts'
import type { Report } from './report.ts'
import { adoptState } from './state/adopt-state.ts'
import { temporalComponents } from './temporal/server.ts'
import type { TemporalStore } from './temporal/settings.ts'

export { stopStack } from './stop-stack.ts'

export interface Stack {
  layout: Layout
  temporalAddress: string
  temporalUiUrl: string
  kubeconfig: string | undefined
  context: string
  /** Name of the one real cluster node of our own cluster. */
  nodeName: string | undefined
  /** The processes in the order of their start. Each can be stopped and started alone. */
  components: Component[]
}

export interface StackOptions {
  layout: Layout
  report: Report
  /** The user's cluster. If set, no Kubernetes is started. */
  cluster?: { context: string; kubeconfig: string | undefined }
  /** The user's Temporal. If set, none is started. */
  temporalAddress?: string
  temporalUiUrl?: string
  /** Where our Temporal keeps its state. Default: SQLite. */
  temporalStore?: TemporalStore
  /** Aborts the start at any point. The caller stops what was started. */
  signal?: AbortSignal
}

const never = new AbortController().signal

/** Resolves when everything is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { layout, report, signal = never } = options
  const release = await holdStack(layout, 'starting', { report, signal })
  try {
    requireOwn(layout)
    return await startComponents({ ...options, signal })
  } finally {
    release()
  }
}

async function startComponents(options: StackOptions & { signal: AbortSignal }): Promise<Stack> {
  const { layout, report, signal, cluster, temporalStore = 'sqlite' } = options
  const needs = { kubernetes: !cluster, temporal: !options.temporalAddress }
  const ports = portsToBind(layout, { ...needs, postgres: needs.temporal && temporalStore === 'postgres' })
  const cli =
    needs.temporal && temporalStore === 'sqlite' ? await temporalCliOnPath({ report, signal }) : undefined
  const programNames = [
    ...(needs.temporal && !cli ? temporalPrograms : []),
    ...(needs.kubernetes ? clusterPrograms : []),
  ]
  await requireReady({ layout, ...needs, build: await targetsToBuild(programNames, signal), ports })
  signal.throwIfAborted()
  mkdirSync(layout.stateDir, { recursive: true, mode: 0o700 })
  const tools = cluster ? undefined : await ensureContainerTools({ report, signal })
  const temporal = needs.temporal
    ? await temporalComponents(layout, { store: temporalStore, cli, report, signal })
    : []
  const programs = cluster ? undefined : await ensurePrograms(clusterPrograms, { report, signal })
  removeOldPrograms(programsFolder(), currentPrograms())
  signal.throwIfAborted()
  if (!isKept(layout)) own(layout)
  // If a single component died, it is started again. Leftovers of a crash are removed only if no component runs.
  if (
    programs &&
    !clusterComponents.some((component) => runningComponents(layout.stateDir).includes(component))
  ) {
    await cleanUpStack(layout)
    removeAllCertificates(layout)
  }
  adoptState(layout, {
    versions,
    kubernetes: needs.kubernetes,
    temporal: needs.temporal ? temporalStore : undefined,
    report,
  })
  if (!tools || !programs) {
    await startInOrder(temporal, report, signal)
    return describe(options, temporal)
  }
  const components = {
    etcd: etcd(layout, programs.etcd),
    apiServer: apiServer(layout, programs['kube-apiserver']),
    controllerManager: controllerManager(layout, programs['kube-controller-manager']),
    scheduler: scheduler(layout, programs['kube-scheduler']),
    containerd: await containerd(layout, tools),
    kubelet: kubelet(layout, programs.kubelet),
  }
  ensureCredentials(layout)
  await setUpNetwork(layout)
  await together(signal, [
    (signal) => startInOrder(temporal, report, signal),
    async (signal) => {
      await startComponent(components.containerd, report, signal)
      await importImages(layout, tools, report)
    },
    async (signal) => {
      await startInOrder([components.etcd, components.apiServer], report, signal)
      await together(
        signal,
        [components.controllerManager, components.scheduler].map(
          (component) => (signal) => startComponent(component, report, signal),
        ),
      )
    },
  ])
  await startComponent(components.kubelet, report, signal)
  return describe(options, [...temporal, ...Object.values(components)])
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
