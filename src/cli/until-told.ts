/** Longest timer there is. */
const FOREVER_MS = 2 ** 31 - 1

/** Resolves on the first SIGINT or SIGTERM. Does not keep the process alive by itself: see `staying`. */
export function untilTold(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
}

/** Keeps the process alive until `work` has ended; a promise and a signal handler alone do not. */
export async function staying<T>(work: Promise<T>): Promise<T> {
  const alive = setInterval(() => undefined, FOREVER_MS)
  try {
    return await work
  } finally {
    clearInterval(alive)
  }
}
