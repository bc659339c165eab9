import { expect } from 'vitest'

/** Of the Temporal server of the test stack, as `npm test` sets it. */
export const temporalAddress = process.env.MILLRACE_TEST_TEMPORAL_ADDRESS
if (temporalAddress === undefined)
  console.warn('MILLRACE_TEST_TEMPORAL_ADDRESS is not set: the tests against a server are skipped')

/** Makes all calls at once; each must fail as unavailable, and all of them in time. */
export async function expectUnavailable(
  calls: Record<string, () => Promise<unknown>>,
  withinMs: number,
): Promise<void> {
  const startedAt = performance.now()
  await Promise.all(
    Object.entries(calls).map(async ([name, call]) => {
      await expect(call(), name).rejects.toMatchObject({ code: 'unavailable' })
    }),
  )
  expect(performance.now() - startedAt).toBeLessThan(withinMs)
}
