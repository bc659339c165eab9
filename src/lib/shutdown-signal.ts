import { constants } from 'node:os'

/** The longest delay of a Node timer. */
const FOREVER_MS = 2 ** 31 - 1

/** Resolves on the first SIGINT or SIGTERM. Does not keep the process alive by itself: see `keepAlive`. */
export function untilShutdownSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
}

/** Keeps the process alive until `work` has ended; a promise and a signal handler alone do not. */
export async function keepAlive<T>(work: Promise<T>): Promise<T> {
  const alive = setInterval(() => undefined, FOREVER_MS)
  try {
    return await work
  } finally {
    clearInterval(alive)
  }
}

/** Abort reason: the process received a signal to end. */
export class ShutdownRequested extends Error {
  override readonly name = 'ShutdownRequested'
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`)
    this.signal = signal
  }

  /** The exit code by which shells report an end by a signal. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal]
  }
}

/**
 * From now on signals do not end the process. The first one aborts the returned AbortSignal with a
 * ShutdownRequested as its reason; each later one calls `again`. After SIGHUP the terminal is closed, so
 * errors of writes to it are ignored.
 */
export function shutdownSignal(again: () => void): AbortSignal {
  const told = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => (told.signal.aborted ? again() : told.abort(new ShutdownRequested(name))))
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
  return told.signal
}
