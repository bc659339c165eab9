import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** How one process of the stack is run. */
export interface ComponentSpec {
  name: string
  binary: string
  args: string[]
  /** What the program is to think that it is called. */
  argv0?: string
  env?: Record<string, string>
  cwd?: string
  /** Loopback ports that it will take: checked before, since a program's own words for it differ. */
  ports: number[]
  /** What it finds in place when it starts; not called when it runs already. */
  prepare?(): Promise<void>
  /** True when it can be used. */
  ready(): Promise<boolean>
  readyWithinMs?: number
  /** What ends it in order and at once: SIGTERM, if not said. */
  stopSignal?: NodeJS.Signals
}

/** Which process, and no other: a pid is reused, a pid with its start time is not. */
export interface ProcessId {
  pid: number
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat. */
  startTime: string
}

const LOOK_MS = 50
const READY_WITHIN_MS = 60_000

/** One process of the stack, that can be ended and started again alone. */
export class Component {
  readonly name: string
  readonly logFile: string
  readonly #spec: ComponentSpec
  readonly #pidFile: string

  constructor(spec: ComponentSpec, stateDir: string) {
    this.#spec = spec
    this.name = spec.name
    this.logFile = join(stateDir, 'logs', `${spec.name}.log`)
    this.#pidFile = join(stateDir, 'pids', `${spec.name}.json`)
  }

  /** The running process, this one's or one that an earlier start left running. */
  process(): ProcessId | undefined {
    return readProcess(this.#pidFile)
  }

  /** Resolves when it is ready; one that runs already is left as it is. */
  async start(): Promise<void> {
    const known = this.process()
    if (!known) {
      await this.#spec.prepare?.()
      for (const port of this.#spec.ports) await requireFreePort(port, this.name)
      this.#spawn()
    }
    const giveUpAt = Date.now() + (this.#spec.readyWithinMs ?? READY_WITHIN_MS)
    while (!(await this.#spec.ready().catch(() => false))) {
      if (!this.process()) throw new Error(`${this.name} ended while it was starting.\n${this.#lastWords()}`)
      if (Date.now() > giveUpAt)
        throw new Error(`${this.name} is not ready after a minute.\n${this.#lastWords()}`)
      await sleep(LOOK_MS)
    }
  }

  /** Ends it and resolves when it is gone; the signal becomes SIGKILL after `graceMs`. */
  async stop(signal = this.#spec.stopSignal ?? 'SIGTERM', graceMs = 5_000): Promise<void> {
    await endProcess(this.#pidFile, signal, graceMs)
  }

  #spawn(): void {
    const { binary, args, argv0, env, cwd } = this.#spec
    for (const file of [this.logFile, this.#pidFile]) mkdirSync(dirname(file), { recursive: true })
    const log = openSync(this.logFile, 'a')
    // Its own process group: Ctrl-C in the terminal is for us, who then stop the parts in order.
    const child = spawn(binary, args, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(argv0 ? { argv0 } : {}),
      ...(cwd ? { cwd } : {}),
      env: { ...process.env, ...env },
    })
    closeSync(log)
    child.on('error', () => undefined)
    child.unref()
    if (child.pid === undefined) throw new Error(`${binary} cannot be run`)
    recordProcess(this.#pidFile, child.pid)
  }

  #lastWords(): string {
    const text = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
    return `The last lines of ${this.logFile}:\n${text}`
  }
}

export function recordProcess(pidFile: string, pid: number): void {
  const startTime = startTimeOf(pid)
  if (startTime) writeFileSync(pidFile, JSON.stringify({ pid, startTime }))
}

/** The process of a pid file, if it still is that process. */
export function readProcess(pidFile: string): ProcessId | undefined {
  try {
    const id: ProcessId = JSON.parse(readFileSync(pidFile, 'utf8'))
    return startTimeOf(id.pid) === id.startTime ? id : undefined
  } catch {
    return undefined
  }
}

export async function endProcess(pidFile: string, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  const giveUpAt = Date.now() + graceMs
  for (let next: NodeJS.Signals | undefined = signal; ; ) {
    const running = readProcess(pidFile)
    if (!running) return
    if (next) process.kill(running.pid, next)
    next = Date.now() > giveUpAt ? 'SIGKILL' : undefined
    await sleep(LOOK_MS)
  }
}

/**
 * undefined when there is no such process, or it is a zombie that only waits to be reaped. One whose other threads
 * are still ending is not gone: it holds its ports.
 */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold blanks: fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' && Number(fields[17]) <= 1 ? undefined : fields[19]
  } catch {
    return undefined
  }
}

async function requireFreePort(port: number, user: string): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    setTimeout(() => socket.destroy(), 1_000).unref()
    socket.once('connect', () => socket.destroy())
  })
  if (taken) {
    throw new Error(
      `Port ${port}, which ${user} needs, is taken: \`ss -ltnp 'sport = :${port}'\` shows by whom. Stop that, then try again`,
    )
  }
}
