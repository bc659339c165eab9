/** The first pause after a failure, and the longest: soon enough to matter, rare enough not to press a server. */
const FIRST_MS = 100
const LAST_MS = 10_000

/**
 * Milliseconds to pause after the nth failure in a row: doubling, and each half to one and a half times as long,
 * so that all who lost a server do not come back in step. `random` is in [0, 1).
 */
export function backOffMs(failures: number, random: number, lastMs = LAST_MS): number {
  const doubled = FIRST_MS * 2 ** Math.min(Math.max(failures - 1, 0), 30)
  return Math.min(doubled, lastMs) * (0.5 + random)
}
