import { parseGoDuration } from './go-duration.ts'
import type { CalendarRange, CalendarTime, Timing } from './timing.ts'

interface Field {
  name: string
  min: number
  max: number
  names?: readonly string[]
}

const fields = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of week', min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const satisfies readonly Field[]

const descriptors: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const longestMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const MAX_LENGTH = 500

/**
 * Parses the syntax of robfig/cron 1.2 (`ParseStandard`), which the format's operator uses: five fields or a
 * descriptor. If day of month and day of week are both restricted, either may match: the result has two
 * calendars.
 */
export function parseCron(text: string): { timing: Timing } | { problem: string } {
  const trimmed = text.trim()
  if (trimmed.length > MAX_LENGTH)
    return { problem: `it has ${trimmed.length} characters; the limit is ${MAX_LENGTH}` }
  if (/^(CRON_)?TZ=/.test(trimmed))
    return { problem: 'a time zone is not supported here: use the annotation millrace.dev/time-zone' }
  if (trimmed.startsWith('@every ')) return parseEvery(trimmed.slice('@every '.length))
  const standard = trimmed.startsWith('@') ? descriptors[trimmed] : trimmed
  if (standard === undefined)
    return {
      problem: `"${trimmed}" is not a supported descriptor: write one of ${Object.keys(descriptors).join(', ')} or @every 90s`,
    }
  const words = standard.split(/\s+/).filter(Boolean)
  if (words.length !== fields.length) {
    const seconds = words.length === 6 ? ': remove the seconds field' : ''
    return {
      problem: `it has ${words.length} fields and must have 5 (minute hour day month weekday)${seconds}`,
    }
  }
  const parsed = fields.map((field, index) => parseField(field, words[index] ?? ''))
  const bad = parsed.find((each) => 'problem' in each)
  if (bad && 'problem' in bad) return bad
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parsed as ParsedField[]
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) return { problem: 'it has no fields' }
  const all = (index: 2 | 4): CalendarRange[] => [
    { start: fields[index].min, end: fields[index].max, step: 1 },
  ]
  const base = { minute: minute.ranges, hour: hour.ranges, month: month.ranges }
  const both: CalendarTime = { ...base, dayOfMonth: dayOfMonth.ranges, dayOfWeek: dayOfWeek.ranges }
  const isEither = !dayOfMonth.isStar && !dayOfWeek.isStar
  const possible = hasDate(month.ranges, dayOfMonth.ranges)
  if (!possible && !isEither) return { problem: 'it never happens: no such month has that day' }
  if (!isEither) return { timing: { calendars: [both] } }
  const byWeekday = { ...both, dayOfMonth: all(2) }
  return { timing: { calendars: possible ? [{ ...both, dayOfWeek: all(4) }, byWeekday] : [byWeekday] } }
}

/** Rounds down to whole seconds; the minimum is one second. */
function parseEvery(text: string): { timing: Timing } | { problem: string } {
  const parsed = parseGoDuration(text.trim())
  if ('problem' in parsed) return { problem: `@every: ${parsed.problem}` }
  return { timing: { everyMs: Math.max(1, Math.floor(parsed.ms / 1_000)) * 1_000 } }
}

interface ParsedField {
  ranges: CalendarRange[]
  /** An item begins with `*` or `?`: the field does not restrict, whatever its step. */
  isStar: boolean
}

function parseField(field: Field, word: string): ParsedField | { problem: string } {
  const ranges: CalendarRange[] = []
  let isStar = false
  for (const item of word.split(',')) {
    if (item === '') return { problem: `the ${field.name} "${word}" has an empty item: remove one comma` }
    const range = parseRange(field, item)
    if ('problem' in range) return range
    ranges.push(range)
    isStar ||= /^[*?]/.test(item)
  }
  return { ranges, isStar }
}

function parseRange(field: Field, item: string): CalendarRange | { problem: string } {
  const [range = '', stepText, ...rest] = item.split('/')
  const [low = '', high, ...more] = range.split('-')
  if (rest.length > 0 || more.length > 0)
    return { problem: `the ${field.name} "${item}" is not a value, range (1-5) or step (*/5)` }
  const isStar = low === '*' || low === '?'
  const start = isStar && high === undefined ? field.min : numberOf(field, low)
  if (typeof start !== 'number') return start
  const openEnd = isStar || stepText !== undefined ? field.max : start
  // Replacing this 7 by 0 would make a range that ends before it begins.
  if (field.name === 'day of week' && high === '7' && stepText === undefined)
    return {
      problem: `the day of week 7 in "${item}" is not between 0 and 6: write "${low}-6,0" (0 is Sunday)`,
    }
  const end = high === undefined ? openEnd : numberOf(field, high)
  if (typeof end !== 'number') return end
  const step = stepText === undefined ? 1 : Number(/^\d{1,5}$/.test(stepText) ? stepText : Number.NaN)
  if (Number.isNaN(step))
    return { problem: `the step of the ${field.name} "${item}" is not a number: write for example */5` }
  if (step === 0) return { problem: `the step of the ${field.name} "${item}" is 0: write at least 1` }
  if (start > end)
    return {
      problem: `the ${field.name} "${item}" ends before it begins: ${roundTheEnd(field, low, high, stepText)}`,
    }
  return { start, end, step }
}

/** Swapping the two ends would be a different schedule, so the message proposes two ranges. */
const roundTheEnd = ({ min, max }: Field, low: string, high = '', step?: string): string =>
  step === undefined ? `to wrap around write "${low}-${max},${min}-${high}"` : 'list the values individually'

function numberOf({ name, min, max, names }: Field, text: string): number | { problem: string } {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  const value = text !== '' && named >= 0 ? named : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value))
    return { problem: `the ${name} "${text}" is not a number between ${min} and ${max}` }
  if (name === 'day of week' && value === 7)
    return { problem: 'the day of week 7 is not between 0 and 6: write 0 for Sunday' }
  return value >= min && value <= max
    ? value
    : { problem: `the ${name} "${text}" is not between ${min} and ${max}` }
}

/** Whether at least one of the months has at least one of the days. */
function hasDate(months: readonly CalendarRange[], days: readonly CalendarRange[]): boolean {
  const first = Math.min(...days.map(({ start }) => start))
  return longestMonth.some(
    (length, index) => first <= length && months.some((range) => isIn(range, index + 1)),
  )
}

const isIn = ({ start, end, step }: CalendarRange, value: number): boolean =>
  value >= start && value <= end && (value - start) % step === 0
