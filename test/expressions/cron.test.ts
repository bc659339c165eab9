import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCron } from '../../src/expressions/cron.ts'
import type { CalendarRange, CalendarTime } from '../../src/expressions/timing.ts'

const calendarsOf = (text: string): CalendarTime[] => {
  const parsed = parseCron(text)
  return 'timing' in parsed && 'calendars' in parsed.timing ? parsed.timing.calendars : []
}

const contains = (ranges: CalendarRange[], value: number): boolean =>
  ranges.some(({ start, end, step }) => value >= start && value <= end && (value - start) % step === 0)

const valuesOf = (ranges: CalendarRange[]): number[] =>
  Array.from({ length: 60 }, (_, value) => value).filter((value) => contains(ranges, value))

const every = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step)

describe('a field has the values that robfig/cron 1.2 reads', () => {
  it.each<[name: string, text: string, field: keyof CalendarTime, values: number[]]>([
    ['* is all', '* * * * *', 'minute', every(0, 59)],
    ['? is all', '? ? ? ? ?', 'dayOfMonth', every(1, 31)],
    ['a number is itself', '7 * * * *', 'minute', [7]],
    ['leading zeros do not count', '007 * * * *', 'minute', [7]],
    ['a range has both ends', '* 9-12 * * *', 'hour', [9, 10, 11, 12]],
    ['a list is a union', '5,1-3,2 * * * *', 'minute', [1, 2, 3, 5]],
    ['*/step counts from the minimum', '* * */10 * *', 'dayOfMonth', [1, 11, 21, 31]],
    ['a range with a step', '* 8-18/4 * * *', 'hour', [8, 12, 16]],
    ['N/step runs to the maximum', '0/5 * * * *', 'minute', every(0, 59, 5)],
    ['N/step begins at N', '50/3 * * * *', 'minute', [50, 53, 56, 59]],
    ['*/60 is minute 0', '*/60 * * * *', 'minute', [0]],
    ['months have names', '* * * jan,DEC,Mar-may *', 'month', [1, 3, 4, 5, 12]],
    ['weekdays have names, Sunday is 0', '* * * * SUN,mon-Wed', 'dayOfWeek', [0, 1, 2, 3]],
    ['a name takes a step', '* * * * mon/2', 'dayOfWeek', [1, 3, 5]],
    ['any white space between the fields', ' 1\t2  * * * ', 'hour', [2]],
  ])('%s: %s', (_, text, field, values) => {
    expect(calendarsOf(text).map((calendar) => valuesOf(calendar[field]))).toEqual([values])
  })
})

describe('a descriptor is short for five fields', () => {
  it.each([
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@monthly', '0 0 1 * *'],
    ['@weekly', '0 0 * * 0'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
  ])('%s is %s', (descriptor, text) => {
    expect(parseCron(descriptor)).toEqual(parseCron(text))
    expect(calendarsOf(descriptor)).toHaveLength(1)
  })
})

describe('@every is whole seconds, and at least one', () => {
  it.each([
    ['@every 90s', 90_000],
    ['@every 1h30m', 5_400_000],
    ['@every 1.5s', 1_000],
    ['@every 300ms', 1_000],
    ['@every 0', 1_000],
    ['@every -5s', 1_000],
  ])('%s', (text, everyMs) => {
    expect(parseCron(text)).toEqual({ timing: { everyMs } })
  })
})

describe('days: either may match when both are restricted', () => {
  it.each<[name: string, text: string, days: string[]]>([
    ['both are restricted', '0 0 13 * 5', ['1 of 31, 7 of 7', '31 of 31, 1 of 7']],
    ['* for the weekday', '0 0 13 * *', ['1 of 31, 7 of 7']],
    ['? for the day', '0 0 ? * 5', ['31 of 31, 1 of 7']],
    ['a step on * does not restrict', '0 0 */2 * 5', ['16 of 31, 1 of 7']],
    ['nor does * within a list', '0 0 13 * 5,*', ['1 of 31, 7 of 7']],
    ['a full range does restrict', '0 0 1-31 * 5', ['31 of 31, 7 of 7', '31 of 31, 1 of 7']],
    ['an impossible date leaves the weekdays', '0 0 30 2 1', ['31 of 31, 1 of 7']],
  ])('%s: %s', (_, text, days) => {
    const toText = ({ dayOfMonth, dayOfWeek }: CalendarTime): string =>
      `${valuesOf(dayOfMonth).length} of 31, ${valuesOf(dayOfWeek).length} of 7`
    expect(calendarsOf(text).map(toText)).toEqual(days)
  })
})

describe('an expression that is not supported is refused with the field, the rule and a remedy', () => {
  it.each<[text: string, problem: RegExp]>([
    ['', /0 fields.*5/],
    ['* * * *', /4 fields.*5/],
    ['0 * * * * *', /6 fields.*5.*remove the seconds field/],
    ['TZ=UTC 0 0 * * *', /time zone.*millrace\.dev\/time-zone/],
    ['CRON_TZ=UTC @hourly', /time zone.*millrace\.dev\/time-zone/],
    ['60 * * * *', /minute "60" is not between 0 and 59/],
    ['* 24 * * *', /hour "24" is not between 0 and 23/],
    ['* * 0 * *', /day of month "0" is not between 1 and 31/],
    ['* * * 13 *', /month "13" is not between 1 and 12/],
    ['* * * * 7', /day of week 7 is not between 0 and 6: write 0 for Sunday/],
    ['* * * * 5-7', /day of week 7 in "5-7" is not between 0 and 6: write "5-6,0"/],
    ['* * * * 8', /day of week "8" is not between 0 and 6/],
    ['5-4 * * * *', /minute "5-4" ends before it begins/],
    ['* * * * fri-mon', /day of week "fri-mon" ends before it begins: .*write "fri-6,0-mon"/],
    ['1-70 * * * *', /minute "70" is not between 0 and 59/],
    ['*/0 * * * *', /step of the minute "\*\/0" is 0: write at least 1/],
    ['*/x * * * *', /step of the minute "\*\/x" is not a number/],
    ['*/ * * * *', /step of the minute "\*\/" is not a number/],
    ['1/2/3 * * * *', /minute "1\/2\/3" is not a value, range/],
    ['1-2-3 * * * *', /minute "1-2-3" is not a value, range/],
    ['-1 * * * *', /minute "" is not a number/],
    ['1.5 * * * *', /minute "1\.5" is not a number/],
    ['jan * * * *', /minute "jan" is not a number/],
    ['* * * mon *', /month "mon" is not a number/],
    ['* * * january *', /month "january" is not a number/],
    [', * * * *', /minute ","/],
    ['@reboot', /"@reboot" is not a supported descriptor: write one of @yearly/],
    ['@Hourly', /"@Hourly" is not a supported descriptor/],
    ['@constructor', /is not a supported descriptor/],
    ['@every', /"@every" is not a supported descriptor/],
    ['@every 1d', /@every: .*"24h"/],
    ['@every 30', /@every: .*"30s"/],
    ['0 0 30 2 *', /never happens/],
    ['0 0 31 2,4,jun ?', /never happens/],
    ['1,'.repeat(5_000), /10000 characters/],
  ])('%s', (text, problem) => {
    expect(parseCron(text)).toEqual({ problem: expect.stringMatching(problem) })
  })

  it('29 February is accepted', () => {
    expect(calendarsOf('0 0 29 2 *')).toHaveLength(1)
  })
})

interface Item {
  text: string
  isStar: boolean
  values: number[]
}

/** An item of a field with its values, which are computed here and not parsed from the text. */
const itemOf = (min: number, max: number, names: string[] = []): fc.Arbitrary<Item> => {
  const stepText = (step: number | undefined): string => (step === undefined ? '' : `/${step}`)
  const step = fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined })
  const value = fc.integer({ min, max })
  const show = (number: number, isNamed: boolean): string => (isNamed && names[number - min]) || `${number}`
  return fc.oneof(
    fc.tuple(fc.constantFrom('*', '?'), step).map(([star, by]) => ({
      text: `${star}${stepText(by)}`,
      isStar: true,
      values: every(min, max, by),
    })),
    fc.tuple(value, step, fc.boolean()).map(([from, by, isNamed]) => ({
      text: `${show(from, isNamed)}${stepText(by)}`,
      isStar: false,
      values: by === undefined ? [from] : every(from, max, by),
    })),
    fc.tuple(value, value, step, fc.boolean()).map(([a, b, by, isNamed]) => ({
      text: `${show(Math.min(a, b), isNamed)}-${show(Math.max(a, b), false)}${stepText(by)}`,
      isStar: false,
      values: every(Math.min(a, b), Math.max(a, b), by),
    })),
  )
}

const fieldOf = (...bounds: Parameters<typeof itemOf>): fc.Arbitrary<Item> =>
  fc.array(itemOf(...bounds), { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map(({ text }) => text).join(','),
    isStar: items.some(({ isStar }) => isStar),
    values: items.flatMap(({ values }) => values),
  }))

const months = ['Jan', 'feb', 'MAR', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'Mon', 'tue', 'WED', 'thu', 'fri', 'sat']
const cron = fc.tuple(
  fieldOf(0, 59),
  fieldOf(0, 23),
  fieldOf(1, 31),
  fieldOf(1, 12, months),
  fieldOf(0, 6, weekdays),
)

/** 2027 and 2028, so that one 29 February is among them. */
const days = every(0, 730).map((n) => new Date(Date.UTC(2027, 0, 1 + n)))
const dayNames = (wanted: (day: Date) => boolean): string[] =>
  days.filter(wanted).map((day) => day.toISOString().slice(0, 10))

it('the calendars match the same days and times as classic cron', () => {
  fc.assert(
    fc.property(cron, (fields) => {
      const [minute, hour, dayOfMonth, month, dayOfWeek] = fields
      const classic = dayNames((day) => {
        const isDay = dayOfMonth.values.includes(day.getUTCDate())
        const isWeekday = dayOfWeek.values.includes(day.getUTCDay())
        const both = dayOfMonth.isStar || dayOfWeek.isStar
        return (
          month.values.includes(day.getUTCMonth() + 1) && (both ? isDay && isWeekday : isDay || isWeekday)
        )
      })
      const text = fields.map((field) => field.text).join(' ')
      const parsed = parseCron(text)
      if ('problem' in parsed) {
        expect(parsed.problem).toMatch(/never happens/)
        expect(classic).toEqual([])
        return
      }
      const calendars = calendarsOf(text)
      const matched = dayNames((day) =>
        calendars.some(
          (calendar) =>
            contains(calendar.month, day.getUTCMonth() + 1) &&
            contains(calendar.dayOfMonth, day.getUTCDate()) &&
            contains(calendar.dayOfWeek, day.getUTCDay()),
        ),
      )
      expect(matched).toEqual(classic)
      const sorted = ({ values }: Item): number[] => [...new Set(values)].sort((a, b) => a - b)
      for (const calendar of calendars) {
        expect(valuesOf(calendar.minute)).toEqual(sorted(minute))
        expect(valuesOf(calendar.hour)).toEqual(sorted(hour))
      }
    }),
    { numRuns: 500 },
  )
})

it('any text parses or has a problem', () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...'0123456789*?/,- @TZ=janmo'), { maxLength: 40 }).map((s) => s.join('')),
  )
  fc.assert(
    fc.property(text, (some) => {
      expect(Object.keys(parseCron(some))).toHaveLength(1)
    }),
  )
})
