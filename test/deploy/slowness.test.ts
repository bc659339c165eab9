import { afterEach, expect, it, vi } from 'vitest'
import { patience, slowness } from '../../deploy/local/slowness.ts'
import { measure, REFERENCE_MS, slownessOf } from '../slow-machine.ts'
import { until } from '../until.ts'

afterEach(() => vi.unstubAllEnvs())

it.each([
  ['one that is not known', undefined, 1],
  ['the reference', '1', 1],
  ['a slow one', '2.5', 2.5],
  ['a fast one, where limits are for hangs all the same', '0.2', 1],
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
  ['so slow that nobody would wait for it', 100 * REFERENCE_MS, 10],
])('a machine that is %s', (_, ms, factor) => {
  expect(slownessOf(ms)).toBe(factor)
})

it('what is measured is work', async () => {
  expect(await measure(1)).toBeGreaterThan(REFERENCE_MS / 5)
})

it('what is waited for has longer on a slow machine', async () => {
  vi.stubEnv('MILLRACE_SLOWNESS', '10')
  const startedAt = performance.now()
  await until('it is late', () => performance.now() - startedAt > 1_000, 500)
})

it('what never comes is named, with the time that it was waited for', async () => {
  vi.stubEnv('MILLRACE_SLOWNESS', '1')
  await expect(until('the impossible', () => false, 50)).rejects.toThrow('waited 0 s for: the impossible')
})
