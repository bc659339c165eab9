import { expect, it } from 'vitest'
import { backOffMs } from '../../../src/kubernetes/client/back-off.ts'

it.each([
  [0, 100],
  [1, 100],
  [2, 200],
  [4, 800],
  [8, 10_000],
  [10_000, 10_000],
])('after %i failures the pause is about %i ms', (failures, about) => {
  expect(backOffMs(failures, 0)).toBe(about / 2)
  expect(backOffMs(failures, 0.5)).toBe(about)
  expect(backOffMs(failures, 0.999)).toBeLessThan(about * 1.5)
})

it('the longest pause can be configured', () => expect(backOffMs(20, 0.5, 2_000)).toBe(2_000))
