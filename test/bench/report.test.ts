import { expect, it } from 'vitest'
import { isReached, toText } from './report.ts'
import { median, percentile, spreadOf } from './stats.ts'

it('median, percentile and spread pick values that were measured', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([1, 2, 3, 4])).toBe(2)
  expect(
    percentile(
      Array.from({ length: 200 }, (_, at) => at + 1),
      99,
    ),
  ).toBe(198)
  expect(percentile([7], 99)).toBe(7)
  expect(spreadOf([3, 1, 2])).toEqual([1, 3])
})

it('the report marks figures that miss their target, including one that could not be measured', () => {
  const figures = [
    {
      name: 'fast',
      value: 0.7,
      unit: '',
      target: { atLeast: 0.6 },
      spread: [0.6512, 0.7] as [number, number],
      bound: 'CPU',
    },
    { name: 'slow', value: 151.2, unit: 'ms', target: { atMost: 150 }, note: 'of many', bound: 'disk' },
    { name: 'none', value: Number.NaN, unit: 'ms', target: { atMost: 150 } },
    { name: 'stated', value: 6, unit: 'events' },
  ]
  expect(figures.map(isReached)).toEqual([true, false, false, true])
  expect(toText(figures).split('\n')).toEqual([
    '   figure  value     target  spread        how',
    '   fast    0.7       ≥ 0.6   0.651 to 0.7',
    '!  slow    151 ms    ≤ 150                 of many',
    '!  none    NaN ms    ≤ 150',
    '   stated  6 events',
    '',
    'slow is bounded by disk.',
  ])
})
