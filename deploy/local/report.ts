/**
 * Reports what the stack does: one line without a line break. On a terminal the next line replaces a line of
 * progress. Elsewhere only one line of progress is printed every half minute.
 */
export type Report = (line: string, kind?: 'progress') => void

/** Between two lines of progress where lines cannot be rewritten: a CI log, a file. */
const PROGRESS_EVERY_MS = 30_000
const CLEAR_LINE = '\r\x1b[K'

interface Output {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

/** Reports to a terminal, a pipe or a file. `now` is in milliseconds of a monotonic clock. */
export function reportTo(output: Output, now: () => number = () => performance.now()): Report {
  let rewritable = false
  let lastProgressAt = Number.NEGATIVE_INFINITY
  return (line, kind) => {
    if (kind === 'progress' && !output.isTTY) {
      if (now() - lastProgressAt < PROGRESS_EVERY_MS) return
      lastProgressAt = now()
    }
    const clear = rewritable ? CLEAR_LINE : ''
    rewritable = kind === 'progress' && output.isTTY === true
    if (!rewritable) return void output.write(`${clear}${line}\n`)
    // A line that wraps could not be cleared.
    output.write(`${clear}${line.slice(0, Math.max(20, (output.columns ?? 80) - 1))}`)
  }
}

/** Reports a step: its start, its duration so far every ten seconds, and its total duration. */
export async function reportStep<T>(report: Report, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`
  report(`${what} ...`)
  const timer = setInterval(() => report(`${what}: ${seconds()} so far`, 'progress'), 10_000)
  try {
    const result = await work()
    report(`${what}: done in ${seconds()}`)
    return result
  } finally {
    clearInterval(timer)
  }
}
