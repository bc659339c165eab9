/** First and longest pause after a failure: short enough to recover soon, without loading a server. */
const FIRST_MS = 100
const LAST_MS = 10_000

/**
 * Milliseconds to pause after the nth failure in a row. The pause doubles, with a jitter of half to one and a
 * half, so that clients that lost a server do not come back at the same time. `random` is in [0, 1).
 */
export function backOffMs(failures: number, random: number, lastMs = LAST_MS): number {
  const doubled = FIRST_MS * 2 ** Math.min(Math.max(failures - 1, 0), 30)
  return Math.min(doubled, lastMs) * (0.5 + random)
}
