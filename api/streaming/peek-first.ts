import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for the first value, its error, or `waitMs`, whichever is first; then returns the whole sequence. An
 * error within the wait is thrown here, a later one to the consumer.
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
  // The consumer gets the rejection. Until then it must not count as unhandled.
  first.catch(() => {})
  return rest(first, iterator)
}

async function* rest<T>(first: Promise<IteratorResult<T>>, iterator: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = await first; !next.done; next = await iterator.next()) yield next.value
  } finally {
    // Not awaited: a source that waits for its next chunk returns only when that arrives.
    void iterator.return?.()
  }
}
