import { afterEach, expect, it, vi } from 'vitest'
import { patience, slowness } from '../../deploy/local/slowness.ts'
import { measure, REFERENCE_MS, slownessOf } from '../slow-machine.ts'
import { until } from '../until.ts'

afterEach(() => vi.unstubAllEnvs())

it.each([
  ['an unknown one', undefined, 1],
  ['the reference', '1', 1],
  ['a slow one', '2.5', 2.5],
  ['a fast one, whose limits are not shortened', '0.2', 1],
  ['nonsense', 'very', 1],
])('limits are stretched by the slowness of the machine: %s', (_, said, factor) => {
  vi.stubEnv('MILLRACE_SLOWNESS', said)
  expect(slowness()).toBe(factor)
  expect(patience(10_000)).toBe(10_000 * factor)
})

it.each([
  ['twice as fast', REFERENCE_MS / 2, 1],
  ['as fast', REFERENCE_MS, 1],
  ['three times slower', 3 * REFERENCE_MS, 3],
  ['slower than the maximum', 100 * REFERENCE_MS, 10],
])('a machine that is %s', (_, ms, factor) => {
  expect(slownessOf(ms)).toBe(factor)
})

it('the measurement does real work', async () => {
  expect(await measure(1)).toBeGreaterThan(REFERENCE_MS / 5)
})

it('waiting takes longer on a slow machine', async () => {
  vi.stubEnv('MILLRACE_SLOWNESS', '10')
  const startedAt = performance.now()
  await until('it is late', () => performance.now() - startedAt > 1_000, 500)
})

it('a condition that is never met is named, with the time waited', async () => {
  vi.stubEnv('MILLRACE_SLOWNESS', '1')
  await expect(until('the impossible', () => false, 50)).rejects.toThrow('waited 0 s for: the impossible')
})
