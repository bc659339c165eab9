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

/** How one process of the stack is run. */
export interface ComponentSpec {
  name: string
  binary: string
  args: string[]
  /** What the program is to think that it is called. */
  argv0?: string
  /** Beside the environment of this process; what is undefined is taken out of it. */
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Loopback ports that it will take: checked before, since a program's own words for it differ. */
  ports: number[]
  /** What it finds in place when it starts; not called when it runs already. */
  prepare?(signal: AbortSignal): Promise<void>
  /** True when it can be used. */
  ready(): Promise<boolean>
  readyWithinMs?: number
  /** What ends it in order and at once: SIGTERM, if not said. */
  stopSignal?: NodeJS.Signals
}

const LOOK_MS = 50
/** A limit for a hang: a part that ends is noticed at once, and a machine may be many times slower than most. */
const READY_WITHIN_MS = 300_000
/** A part that takes a connection and says nothing is asked again. */
const ANSWERS_WITHIN_MS = 10_000
const never = new AbortController().signal

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
    this.#pidFile = pidFileOf(stateDir, spec.name)
  }

  /** The running process, this one's or one that an earlier start left running. */
  process(): ProcessId | undefined {
    return readProcess(this.#pidFile)
  }

  /**
   * Resolves when it is ready; one that runs already is left as it is. A signal ends the waiting and not the process,
   * which is the caller's to stop.
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

  /** Ends it and resolves when it is gone; the signal becomes SIGKILL after `graceMs`. */
  async stop(signal = this.#spec.stopSignal ?? 'SIGTERM', graceMs = 5_000): Promise<void> {
    const running = this.process()
    if (running) await endProcess(running, signal, graceMs)
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    const asked = new AbortController()
    const options = { signal: AbortSignal.any([signal, asked.signal]) }
    const tooLate = sleep(patience(ANSWERS_WITHIN_MS), false, options)
    // Throws when it is aborted from outside, and is nobody's business once there is an answer.
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
    // Its own process group: Ctrl-C in the terminal is for us, who then stop the parts in order.
    const child = spawn(binary, args, {
      detached: true,
      stdio: ['ignore', log, log],
      ...(argv0 ? { argv0 } : {}),
      ...(cwd ? { cwd } : {}),
      env: withoutProxyForLoopback(withSystemPath({ ...process.env, ...env })),
    })
    closeSync(log)
    // In this turn: whatever comes next, a clean-up knows it.
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
