import { constants } from 'node:os'

/** Longest timer there is. */
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

/** Why a work is given up: the process was told to end. */
export class ShutdownRequested extends Error {
  override readonly name = 'ToldToEnd'
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals) {
    super(`told to end by ${signal}`)
    this.signal = signal
  }

  /** What a shell expects of a process that was ended by a signal before its work was done. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal]
  }
}

/**
 * From now on a signal ends nothing by itself: the first one aborts what is returned, with a ShutdownRequested as the reason,
 * and each later one is only told. SIGHUP is the end of the terminal, to which nothing can be written any more.
 */
export function shutdownSignal(again: () => void): AbortSignal {
  const told = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => (told.signal.aborted ? again() : told.abort(new ShutdownRequested(name))))
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
  return told.signal
}
