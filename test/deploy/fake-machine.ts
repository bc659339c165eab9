import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withSystemPath } from '../../deploy/local/environment/system-path.ts'
import { processesOf } from '../../deploy/local/kubernetes/cgroups.ts'
import { type Layout, layoutOf, runHome } from '../../deploy/local/layout.ts'
import { mountsBelow } from '../../deploy/local/processes/cleanup/mounts.ts'
import { pidsWhere } from '../../deploy/local/processes/kill.ts'
import { local, root } from '../../deploy/local/processes/millrace-command.ts'
import { isRunning } from '../../deploy/local/processes/process-id.ts'
import { versions } from '../../deploy/local/programs/build/targets.ts'
import { clusterPrograms } from '../../deploy/local/programs/program.ts'
import { textOf } from '../../deploy/local/read-if-exists.ts'
import { takeStack } from '../take-stack.ts'

export interface Ended {
  code: number | null
  output: string
}

/** A running command of Millrace. */
export interface Running {
  pid: number
  output(): string
  kill(signal: NodeJS.Signals): void
  ended: Promise<Ended>
}

/**
 * A network, a PATH, a cache and a state folder in which `millrace start` finds a fake for every program that it
 * needs. Each does what a test defines. Nothing is really downloaded, built or installed.
 */
export interface FakeMachine {
  layout: Layout
  /** Puts a command on PATH: a shell script without its first line. */
  command(name: string, script: string): void
  /** Runs `millrace ARGS`. `env` overrides the variables of the machine. */
  run(args: string[], env?: Record<string, string>): Running
  /** Lines that the fakes wrote with `echo … >>"$LOG"`. */
  log(): string[]
  clearLog(): void
  /** Everything of a stack that exists, except its state. */
  leftovers(): string[]
  remove(): Promise<void>
}

const saysVersion = (text: string): string => `[ "$1" = --version ] && { echo '${text}'; exit; }`
/** A component that runs and never becomes ready. */
export const neverReady = (name: string): string => `echo ${name} >>"$LOG"\nexec sleep 600`

export async function makeFakeMachine(): Promise<FakeMachine> {
  const taken = await takeStack('fake', { report: () => undefined })
  const { index } = taken.layout
  const home = mkdtempSync(join(tmpdir(), 'millrace-fake-'))
  const [bin, log] = [join(home, 'bin'), join(home, 'log')]
  const layout = layoutOf(`stack-${index}`, index, join(home, 'state', `millrace-${index}`))
  const network = `millrace-fake-${index}`
  ip('netns', 'add', network)
  const inside = [`--net=/run/netns/${network}`]
  execFileSync('nsenter', [...inside, 'ip', 'link', 'set', 'lo', 'up'], { env: withSystemPath() })
  mkdirSync(bin)
  writeFileSync(log, '')
  const children: ChildProcess[] = []

  const machine: FakeMachine = {
    layout,
    command(name, script) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    },
    run(args, env = {}) {
      const child = spawn('nsenter', [...inside, process.execPath, ...local, ...args], {
        cwd: root,
        env: {
          PATH: `${bin}:${withSystemPath().PATH}`,
          HOME: home,
          XDG_STATE_HOME: join(home, 'state'),
          XDG_CACHE_HOME: join(home, 'cache'),
          MILLRACE_STACK: String(index),
          MILLRACE_DOWNLOADS: 'never',
          MILLRACE_CHECKS: 'never',
          LOG: log,
          ...env,
        },
      })
      children.push(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          output += chunk
        })
      const ended = once(child, 'close').then(([code]): Ended => ({ code, output }))
      return { pid: child.pid ?? 0, output: () => output, kill: (signal) => void child.kill(signal), ended }
    },
    log: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    clearLog: () => writeFileSync(log, ''),
    leftovers: () => [
      // Every process of this machine has its folder in its environment.
      ...pidsWhere((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home))
        .filter(isRunning)
        // Between fork and exec a child of a start looks like that start.
        .filter((pid) => commandOf(pid) !== commandOf(parentOf(pid)))
        .map(commandOf)
        // A start that waits asks ten times a second whether containerd answers.
        .filter((command) => !command.includes(join(bin, 'ctr'))),
      ...processesOf(layout.cgroup).map((pid) => `in the cgroup: ${pid}`),
      ...mountsBelow([home]),
      ...[`/run/millrace-${layout.name}`, join(layout.stateDir, 'pids')].filter((folder) =>
        existsSync(folder),
      ),
      ...readdirSync(join(runHome(), String(index))).filter((name) => name !== 'taken'),
      ...ip('-netns', network, '-brief', 'link')
        .split('\n')
        .filter((line) => line.startsWith(layout.bridge)),
    ],
    async remove() {
      for (const child of children) child.kill('SIGKILL')
      const stop = machine.run(['stop'])
      await stop.ended
      ip('netns', 'delete', network)
      rmSync(home, { recursive: true, force: true })
      await taken.release()
    },
  }
  for (const name of clusterPrograms)
    machine.command(
      name,
      name === 'etcd'
        ? `${saysVersion(`etcd Version: ${versions.etcd}`)}\n${neverReady(name)}`
        : `${saysVersion(`Kubernetes v${versions.kubernetes}`)}\n${neverReady(name)}`,
    )
  machine.command(
    'containerd',
    `${saysVersion('containerd github.com/containerd/containerd 1.7.0 1')}\n${neverReady('containerd')}`,
  )
  machine.command('ctr', 'exit 1')
  for (const name of ['containerd-shim-runc-v2', 'runc']) machine.command(name, 'exit 0')
  return machine
}

const ip = (...args: string[]): string =>
  execFileSync('ip', args, { env: withSystemPath(), encoding: 'utf8' })

const commandOf = (pid: number): string => textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')

const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0)
