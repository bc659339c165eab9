import { type Layout, localUrl } from '../layout.ts'
import type { Report } from '../report.ts'
import type { Stack } from '../stack.ts'
import { Component } from './component.ts'
import { millrace, root, runMillrace } from './millrace-command.ts'

const never = new AbortController().signal

/** The environment in which Millrace's own commands use a stack. */
export function millraceEnv(stack: Stack): Record<string, string> {
  const { ports, name, gateway } = stack.layout
  // Pods of our own cluster reach the bridge. How pods of the user's cluster reach this machine is not known.
  const jobsHost = stack.kubeconfig === undefined ? '127.0.0.1' : gateway
  return {
    MILLRACE_HOST: '127.0.0.1',
    MILLRACE_PORT: String(ports.api),
    MILLRACE_WORKER_PORT: String(ports.worker),
    MILLRACE_JOBS_HOST: jobsHost,
    MILLRACE_JOBS_PORT: String(ports.jobs),
    ...(stack.kubeconfig === undefined ? {} : { MILLRACE_JOBS_URL: `http://${gateway}:${ports.jobs}` }),
    ...userSettings(),
    MILLRACE_INSTANCE: `millrace-${name}`,
    MILLRACE_CONTEXT: stack.context,
    KUBECONFIG: stack.kubeconfig ?? process.env.KUBECONFIG ?? '',
    TEMPORAL_ADDRESS: stack.temporalAddress,
    TEMPORAL_UI_URL: stack.temporalUiUrl,
    ...mallocEnv,
  }
}

/** Otherwise glibc keeps a heap per thread, whose free memory no other thread uses, and keeps large buffers. */
const mallocEnv = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
}

/** The user's settings that do not depend on addresses. */
function userSettings(): Record<string, string> {
  const names = ['MILLRACE_ADAPTERS', 'MILLRACE_TIME_ZONE']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

/** Installs CRDs and search attributes with the command for every installation. */
export async function installInto(stack: Stack, signal: AbortSignal = never): Promise<void> {
  const { code, complaint } = await runMillrace(['install'], { env: millraceEnv(stack), signal })
  if (code !== 0) throw new Error(`millrace install failed:\n${complaint}`)
}

export const apiUrl = ({ ports }: Layout): string => localUrl(ports.api)

/** Exit code of `millrace promote`: open runs would diverge with this code, and nothing was changed. */
const DIVERGED = 3

/** Routes all runs to this checkout's code with the command for every installation, and reports its output. */
export async function promoteIn(
  stack: Stack,
  options: { replay: boolean; report: Report; signal: AbortSignal },
): Promise<void> {
  const { code, complaint } = await runMillrace(options.replay ? ['promote'] : ['promote', '--no-replay'], {
    env: millraceEnv(stack),
    onLine: options.report,
    signal: options.signal,
  })
  if (code === 0) return
  const reason = complaint.replace(/^millrace promote: (Error: )?/, '')
  throw new Error(
    code === DIVERGED
      ? `${reason}\nStart the older code until these runs have ended, or use this code without them: npm start -- --force`
      : reason,
  )
}

/** Worker and API as processes of the stack, from this checkout. */
export function millraceComponents(
  stack: Stack,
  settings: Record<string, string> = {},
): { worker: Component; api: Component } {
  const { ports } = stack.layout
  return {
    worker: millraceComponent(stack, {
      name: 'millrace-worker',
      command: 'worker',
      port: ports.worker,
      settings,
    }),
    api: millraceComponent(stack, { name: 'millrace-api', command: 'api', port: ports.api, settings }),
  }
}

/** One command of Millrace as a process. It is ready when its port says so. */
export function millraceComponent(
  stack: Stack,
  component: { name: string; command: 'worker' | 'api'; port: number; settings: Record<string, string> },
): Component {
  const { name, command, port, settings } = component
  return new Component(
    {
      name,
      binary: process.execPath,
      args: [...millrace, command],
      cwd: root,
      env: { ...millraceEnv(stack), ...settings },
      ports: [port],
      ready: async () => (await fetch(`${localUrl(port)}/readyz`)).ok,
    },
    stack.layout.stateDir,
  )
}

/** The build of a running worker. undefined if it does not say, as older ones did not. */
export async function runningBuild({ ports }: Layout): Promise<string | undefined> {
  const answer = await fetch(`${localUrl(ports.worker)}/build`)
  return answer.ok ? (await answer.text()).trim() : undefined
}
