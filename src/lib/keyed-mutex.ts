/** Runs work for the same key one at a time, in order of arrival. */
export type KeyedMutex = <T>(key: string, work: () => Promise<T>) => Promise<T>

export function createKeyedMutex(): KeyedMutex {
  const latest = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = latest.get(key) ?? Promise.resolve()
    // A failure of the previous work is reported to its own caller.
    const own = before.then(work, work)
    latest.set(key, own)
    try {
      return await own
    } finally {
      if (latest.get(key) === own) latest.delete(key)
    }
  }
}
