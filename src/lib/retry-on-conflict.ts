/** Another writer may come between a read and the write that follows. Then both are repeated, this often. */
const MAX_TRIES = 5

/**
 * Repeats a read with its write until `once` gives a result; undefined from it means that another writer was
 * faster, or that the change does not show yet. undefined when no try gives a result.
 */
export async function retryOnConflict<T>(once: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const result = await once()
    if (result !== undefined) return result
  }
  return undefined
}
