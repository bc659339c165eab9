import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withSystemPath } from '../environment/system-path.ts'
import { withoutProxyForLoopback } from '../environment/without-proxy.ts'
import { patience } from '../slowness.ts'
import { endProcess, type ProcessId, readProcess, recordProcess } from './process-id.ts'
import { requireFreePort } from './require-free-port.ts'
import { pidFileOf } from './running-components.ts'

/** How to run one process of the stack. */
export interface ComponentSpec {
  name: string
  binary: string
  args: string[]
  /** The name by which the program is called. */
  argv0?: string
  /** Added to the environment of this process. An undefined value removes the variable. */
  env?: NodeJS.ProcessEnv
  cwd?: string
  /**
   * Loopback ports that it binds. They are checked before the start, because each program reports a conflict
   * differently.
   */
  ports: number[]
  /** Prepares what it needs. Not called when it runs already. */
  prepare?(signal: AbortSignal): Promise<void>
  /** True when it is ready. */
  ready(): Promise<boolean>
  readyWithinMs?: number
  /** The signal that ends it cleanly and at once. Default: SIGTERM. */
  stopSignal?: NodeJS.Signals
}

const LOOK_MS = 50
/** For a hang: a component that ends is noticed at once, and a machine may be many times slower than most. */
const READY_WITHIN_MS = 300_000
/** A component that accepts a connection and does not answer is asked again. */
const ANSWERS_WITHIN_MS = 10_000
const never = new AbortController().signal

/** One process of the stack, which can be stopped and started alone. */
export class Component {
  readonly name: string
  readonly logFile: string
  readonly #spec: ComponentSpec
  readonly #pidFile: string

  constructor(spec: ComponentSpec, stateDir: string) {
    this.#spec = spec
    this.name = spec.name
    this.logFile = join(stateDir, 'logs', `${spec.name}.log`)
    this.#pidFile = pidFileOf(stateDir, spec.name)
  }

  /** The running process, started here or by an earlier start. */
  process(): ProcessId | undefined {
    return readProcess(this.#pidFile)
  }

  /**
   * Resolves when the component is ready. A running one is not restarted. An abort ends the waiting and not the
   * process, which the caller must stop.
   */
  async start(signal: AbortSignal = never): Promise<void> {
    signal.throwIfAborted()
    if (!this.process()) {
      await this.#spec.prepare?.(signal)
      for (const port of this.#spec.ports) await requireFreePort(port, this.name)
      signal.throwIfAborted()
      await this.#spawn()
    }
    const withinMs = patience(this.#spec.readyWithinMs ?? READY_WITHIN_MS)
    const giveUpAt = performance.now() + withinMs
    while (!(await this.#isReady(signal))) {
      if (!this.process())
        throw new Error(`${this.name} ended while it was starting.\n${this.#lastLogLines()}`)
      if (performance.now() > giveUpAt)
        throw new Error(`${this.name} is not ready after ${seconds(withinMs)}.\n${this.#lastLogLines()}`)
      await sleep(LOOK_MS, undefined, { signal })
    }
  }

  /** Stops it and resolves when it has ended. After `graceMs` the signal becomes SIGKILL. */
  async stop(signal = this.#spec.stopSignal ?? 'SIGTERM', graceMs = 5_000): Promise<void> {
    const running = this.process()
    if (running) await endProcess(running, signal, graceMs)
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    const asked = new AbortController()
    const options = { signal: AbortSignal.any([signal, asked.signal]) }
    const tooLate = sleep(patience(ANSWERS_WITHIN_MS), false, options)
    // It rejects when aborted from outside, and is irrelevant once there is an answer.
    tooLate.catch(() => undefined)
    try {
      return await Promise.race([this.#spec.ready().catch(() => false), tooLate])
    } finally {
      asked.abort()
    }
  }

  async #spawn(): Promise<void> {
    const { binary, args, argv0, env, cwd } = this.#spec
    for (const file of [this.logFile, this.#pidFile]) mkdirSync(dirname(file), { recursive: true })
    const log = openSync(this.logFile, 'a')
    // In its own process group: Ctrl-C in the terminal reaches only this process, which then stops the components
    // in order.
    const child = spawn(binary, args, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(argv0 ? { argv0 } : {}),
      ...(cwd ? { cwd } : {}),
      env: withoutProxyForLoopback(withSystemPath({ ...process.env, ...env })),
    })
    closeSync(log)
    // Recorded in the same tick, so that a cleanup always finds it.
    if (child.pid !== undefined) recordProcess(this.#pidFile, child.pid)
    child.unref()
    await spawned(child, binary)
  }

  #lastLogLines(): string {
    const text = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n')
    return `The last lines of ${this.logFile}:\n${text}`
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`

async function spawned(child: ChildProcess, binary: string): Promise<void> {
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw new Error(`${binary} cannot be run`, { cause })
  }
  child.on('error', () => undefined)
}
