/** Where the parts of the stack say what they do. One line, no end of line. */
export type Report = (line: string) => void

/** Says `what`, then every ten seconds that it is still going on, then how long it took. */
export async function reported<T>(report: Report, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now()
  const seconds = (): string => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
  report(`${what} ...`)
  const timer = setInterval(() => report(`${what}: still at it after ${seconds()}`), 10_000)
  try {
    const result = await work()
    report(`${what}: done in ${seconds()}`)
    return result
  } finally {
    clearInterval(timer)
  }
}
