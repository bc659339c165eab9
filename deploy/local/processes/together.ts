/**
 * Does all of it side by side, and resolves or throws when all of it has ended: nothing goes on behind the back of a
 * clean-up. The first fault ends the others, and is the one that is thrown.
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
