import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatGoDuration, parseGoDuration } from '../../src/expressions/go-duration.ts'

describe('a Go duration is parsed to milliseconds', () => {
  it.each([
    ['milliseconds', '300ms', 300],
    ['seconds', '30s', 30_000],
    ['minutes', '10m', 600_000],
    ['hours', '24h', 86_400_000],
    ['several units add up', '1h30m', 5_400_000],
    ['in any order, and twice', '1s1h1s', 3_602_000],
    ['a fraction', '1.5h', 5_400_000],
    ['a fraction that binary numbers do not have', '1.1h', 3_960_000],
    ['no digits before the point', '.5s', 500],
    ['no digits after the point', '1.s', 1_000],
    ['leading zeros', '007s', 7_000],
    ['zero needs no unit', '0', 0],
    ['zero with a sign', '-0', 0],
    ['a plus', '+5s', 5_000],
    ['a minus', '-1s', -1_000],
    ['a minus is for all of it', '-1m30s', -90_000],
    ['microseconds are rounded up', '1us', 1],
    ['microseconds with the micro sign', '1500\u00b5s', 2],
    ['microseconds with the Greek letter', '1000\u03bcs', 1],
    ['nanoseconds are rounded up', '1ns', 1],
    ['a fraction of a millisecond is rounded up', '1.0001s', 1_001],
    ['the fractions are added before they are rounded', '600us400us', 1],
    ['about the longest', '2500000h', 9_000_000_000_000],
  ])('%s: %s', (_, text, ms) => {
    expect(parseGoDuration(text)).toEqual({ ms })
  })
})

describe('an invalid duration is refused with what to write instead', () => {
  it.each<[name: string, text: string, instead: RegExp]>([
    ['no unit', '30', /"30" is not a duration: .*"30s"/],
    ['days', '1d', /"1d" is not a duration: .*"24h"/],
    ['more days', '7d', /"168h"/],
    ['nothing', '', /"" is not a duration: .*"1h30m"/],
    ['only a sign', '-', /"1h30m"/],
    ['two signs', '-+1s', /"1h30m"/],
    ['a sign within', '1h-30m', /"1h30m"/],
    ['two zeros', '00', /is not a duration/],
    ['only a point', '.', /"1h30m"/],
    ['only a unit', 's', /"1h30m"/],
    ['a point and a unit', '.s', /"1h30m"/],
    ['a space', '1h 30m', /"1h30m"/],
    ['spaces around it', ' 1s ', /"1h30m"/],
    ['a comma', '1,5h', /"1h30m"/],
    ['a capital', '1H', /"1h30m"/],
    ['a word', '5min', /"1h30m"/],
    ['an exponent', '1e3s', /"1h30m"/],
    ['the last number has no unit', '1h30', /"1h30m"/],
    ['longer than Go can count', '2600000h', /is too long for a duration/],
    ['a text', '1'.repeat(10_000), /is not a duration/],
  ])('%s', (_, text, instead) => {
    const parsed = parseGoDuration(text)
    expect(parsed).toEqual({ problem: expect.stringMatching(instead) })
  })

  it('a problem does not repeat a long text', () => {
    const parsed = parseGoDuration('x'.repeat(10_000))
    expect('problem' in parsed && parsed.problem.length).toBeLessThan(300)
  })
})

describe('formatGoDuration prints as Go does', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [300, '300ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [1_500, '1.5s'],
    [1_001, '1.001s'],
    [31_000, '31s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [90_000, '1m30s'],
    [90_250, '1m30.25s'],
    [3_600_000, '1h0m0s'],
    [3_601_500, '1h0m1.5s'],
    [90_061_000, '25h1m1s'],
    [-1_500, '-1.5s'],
  ])('%d is %s', (ms, text) => {
    expect(formatGoDuration(ms)).toBe(text)
  })

  it('parses back to the same number', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => {
        expect(parseGoDuration(formatGoDuration(ms))).toEqual({ ms })
      }),
    )
  })
})
