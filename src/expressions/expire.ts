const FORM = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/

/** Parses `YYYY-MM-DD HH:MM:SS` in UTC to milliseconds since 1970. 24:00:00 is the midnight that follows. */
export function parseExpire(text: string): { at: number } | { problem: string } {
  const problem = {
    problem: `"${text.slice(0, 60)}" is not a time: write YYYY-MM-DD HH:MM:SS in UTC, as in "2030-12-31 23:59:59"`,
  }
  const match = FORM.exec(text)
  if (!match) return problem
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  const midnight = Date.UTC(year, month - 1, day)
  const date = new Date(midnight)
  // JavaScript turns 30 February into 2 March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || date.getUTCFullYear() !== year)
    return problem
  const isEnd = hour === 24 && minute === 0 && second === 0
  if (!isEnd && (hour > 23 || minute > 59 || second > 59)) return problem
  // RFC 3339 cannot express the year 10000.
  if (isEnd && year === 9999 && month === 12 && day === 31) return problem
  return { at: midnight + ((hour * 60 + minute) * 60 + second) * 1_000 }
}

/** True from exactly `at` on. */
export const isExpired = (at: number, now: number): boolean => now >= at
