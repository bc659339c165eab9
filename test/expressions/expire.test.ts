import { describe, expect, it } from 'vitest'
import { isExpired, parseExpire } from '../../src/expressions/expire.ts'

describe('an expire is a time in UTC', () => {
  it.each([
    ['a usual one', '2030-12-31 23:59:59', '2030-12-31T23:59:59Z'],
    ['the first moment of a day', '2030-01-01 00:00:00', '2030-01-01T00:00:00Z'],
    ['24:00:00 is the next midnight', '2019-07-05 24:00:00', '2019-07-06T00:00:00Z'],
    ['24:00:00 ends a year', '2019-12-31 24:00:00', '2020-01-01T00:00:00Z'],
    ['24:00:00 ends a leap day', '2028-02-29 24:00:00', '2028-03-01T00:00:00Z'],
    ['29 February of a leap year', '2028-02-29 12:00:00', '2028-02-29T12:00:00Z'],
  ])('%s: %s', (_, text, time) => {
    expect(parseExpire(text)).toEqual({ at: Date.parse(time) })
  })
})

describe('everything else is refused with the format and an example', () => {
  it.each([
    ['nothing', ''],
    ['30 February', '2030-02-30 00:00:00'],
    ['29 February of a common year', '2030-02-29 00:00:00'],
    ['29 February of a century', '2100-02-29 00:00:00'],
    ['31 April', '2030-04-31 00:00:00'],
    ['month 0', '2030-00-10 00:00:00'],
    ['month 13', '2030-13-10 00:00:00'],
    ['day 0', '2030-01-00 00:00:00'],
    ['a moment after 24:00:00', '2030-01-01 24:00:01'],
    ['a minute after 24:00:00', '2030-01-01 24:01:00'],
    ['hour 25', '2030-01-01 25:00:00'],
    ['minute 60', '2030-01-01 10:60:00'],
    ['a leap second', '2016-12-31 23:59:60'],
    ['single digits', '2019-7-5 00:00:00'],
    ['no time', '2030-01-01'],
    ['no seconds', '2030-01-01 10:00'],
    ['fractions', '2030-01-01 10:00:00.5'],
    ['a T', '2030-01-01T10:00:00'],
    ['a zone', '2030-01-01 10:00:00Z'],
    ['an offset', '2030-01-01 10:00:00+02:00'],
    ['two spaces', '2030-01-01  10:00:00'],
    ['spaces around it', ' 2030-01-01 10:00:00 '],
    ['a line after it', '2030-01-01 10:00:00\n'],
    ['a year of five digits', '12030-01-01 10:00:00'],
    ['digits of another script', '٢٠٣٠-01-01 10:00:00'],
  ])('%s', (_, text) => {
    expect(parseExpire(text)).toEqual({
      problem: expect.stringMatching(/YYYY-MM-DD HH:MM:SS in UTC.*"2030-12-31 23:59:59"/),
    })
  })

  it('a problem does not repeat a long text', () => {
    const parsed = parseExpire('2'.repeat(10_000))
    expect('problem' in parsed && parsed.problem.length).toBeLessThan(200)
  })
})

it.each([
  ['a moment before', 999, false],
  ['exactly then', 1_000, true],
  ['a moment after', 1_001, true],
])('%s: expired is %s', (_, now, expired) => {
  expect(isExpired(1_000, now)).toBe(expired)
})
