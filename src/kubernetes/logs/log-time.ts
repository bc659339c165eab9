const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/** Whether the text is the timestamp of a log line: RFC 3339, to the nanosecond. */
export const isTime = (text: string): boolean => TIME.test(text)

/** Negative, zero or positive when `a` is before, at or after `b`. The time zone may change in between. */
export function compareTimes(a: string, b: string): number {
  if (a === b) return 0
  if (a.length === b.length && a.endsWith('Z') && b.endsWith('Z')) return a < b ? -1 : 1
  const difference = nanoseconds(a) - nanoseconds(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function nanoseconds(time: string): bigint {
  const [, seconds = '', fraction = '', zone = ''] = TIME.exec(time) ?? []
  return BigInt(Date.parse(seconds + zone)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
