/**
 * Runs all work concurrently, and resolves or throws when all of it has ended, so that nothing runs during a cleanup.
 * The first error aborts the others and is thrown.
 */
export async function together(
  signal: AbortSignal,
  works: ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  let first: { fault: unknown } | undefined
  await Promise.all(
    works.map(async (work) => {
      try {
        await work(either)
      } catch (fault) {
        first ??= { fault }
        failed.abort(fault)
      }
    }),
  )
  if (first) throw first.fault
}
