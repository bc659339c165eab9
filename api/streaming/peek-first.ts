import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for the first value, its error, or `waitMs`, whichever comes first; then hands on the whole sequence.
 * What fails within the wait is thrown here, what fails later is thrown to whoever reads.
 */
export async function peekFirst<T>(source: AsyncIterable<T>, waitMs: number): Promise<AsyncIterable<T>> {
  const iterator = source[Symbol.asyncIterator]()
  const first = iterator.next()
  const waited = new AbortController()
  try {
    await Promise.race([first, sleep(waitMs, undefined, { signal: waited.signal })])
  } finally {
    waited.abort()
  }
  // Whoever reads gets it; until then a rejection must not count as unhandled.
  first.catch(() => {})
  return rest(first, iterator)
}

async function* rest<T>(first: Promise<IteratorResult<T>>, iterator: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = await first; !next.done; next = await iterator.next()) yield next.value
  } finally {
    // Not awaited: a source that waits for its next chunk would answer only when that comes.
    void iterator.return?.()
  }
}
