import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Component } from './component.ts'
import { type Layout, localUrl } from './layout.ts'
import type { Stack } from './stack.ts'

const root = join(import.meta.dirname, '../..')
const main = join(root, 'src/cli/main.ts')

/** The environment in which Millrace's own commands use a stack. */
export function millraceEnv(stack: Stack): Record<string, string> {
  const { ports, name, gateway } = stack.layout
  // Pods of our own control plane reach the bridge; how those of a named cluster reach this machine is not known.
  const jobsHost = stack.kubeconfig === undefined ? '127.0.0.1' : gateway
  return {
    MILLRACE_HOST: '127.0.0.1',
    MILLRACE_PORT: String(ports.api),
    MILLRACE_WORKER_PORT: String(ports.worker),
    MILLRACE_JOBS_HOST: jobsHost,
    MILLRACE_JOBS_PORT: String(ports.jobs),
    ...(stack.kubeconfig === undefined ? {} : { MILLRACE_JOBS_URL: `http://${gateway}:${ports.jobs}` }),
    ...passedOn(),
    MILLRACE_INSTANCE: `millrace-${name}`,
    MILLRACE_CONTEXT: stack.context,
    KUBECONFIG: stack.kubeconfig ?? process.env.KUBECONFIG ?? '',
    TEMPORAL_ADDRESS: stack.temporalAddress,
    TEMPORAL_UI_URL: stack.temporalUiUrl,
  }
}

/** Settings that have nothing to do with where things are: as the user has them. */
function passedOn(): Record<string, string> {
  const names = ['MILLRACE_ADAPTERS', 'MILLRACE_TIME_ZONE']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

/** Puts CRDs and search attributes into a stack, by the command that does it everywhere. */
export function installInto(stack: Stack): void {
  const env = { ...process.env, ...millraceEnv(stack) }
  const { status, stderr } = spawnSync(process.execPath, [main, 'install'], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`millrace install failed:\n${stderr}`)
}

export const apiUrl = ({ ports }: Layout): string => localUrl(ports.api)

/** Worker and API as processes of the stack, from this checkout. */
export function millraceParts(
  stack: Stack,
  settings: Record<string, string> = {},
): { worker: Component; api: Component } {
  const { layout } = stack
  const part = (name: 'worker' | 'api', port: number): Component =>
    new Component(
      {
        name: `millrace-${name}`,
        binary: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', main, name],
        cwd: root,
        env: { ...millraceEnv(stack), ...settings },
        ports: [port],
        ready: async () => (await fetch(`${localUrl(port)}/readyz`)).ok,
      },
      layout.stateDir,
    )
  return { worker: part('worker', layout.ports.worker), api: part('api', layout.ports.api) }
}
