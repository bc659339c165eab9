/** Longest timer there is: it only keeps the process alive, which a signal handler and a promise do not. */
const FOREVER_MS = 2 ** 31 - 1

/** Resolves on the first SIGINT or SIGTERM, and keeps the process alive until then. */
export function untilTold(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, FOREVER_MS)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(alive)
        resolve(signal)
      })
    }
  })
}
