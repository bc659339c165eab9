/** Milliseconds per unit of Go's time.ParseDuration. */
const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/gy
/** A longer text is not a duration. */
const MAX_LENGTH = 100

/** Parses a Go duration (`30s`, `1h30m`, `1.5h`, `0`) to milliseconds, rounded up. */
export function parseGoDuration(text: string): { ms: number } | { problem: string } {
  const negative = text.startsWith('-')
  const body = text.replace(/^[-+]/, '')
  if (body === '0') return { ms: 0 }
  const parts = body.length > MAX_LENGTH ? [] : [...body.matchAll(PART)]
  const matched = parts.reduce((sum, [part]) => sum + part.length, 0)
  if (body === '' || matched !== body.length)
    return { problem: `${quoted(text)} is not a duration: ${instead(body)}` }
  const ms = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0)
  if (ms > Number.MAX_SAFE_INTEGER / 1_000) return { problem: `${quoted(text)} is too long for a duration` }
  const whole = Math.ceil(Number(ms.toFixed(6)))
  return { ms: negative && whole > 0 ? -whole : whole }
}

function instead(body: string): string {
  if (/^\d+$/.test(body)) return `write a unit after the number, as in "${body}s" or "${body}m"`
  const days = /^(\d{1,4})d$/.exec(body)?.[1]
  if (days !== undefined) return `days are not supported, write "${Number(days) * 24}h"`
  return 'write numbers with units h, m, s or ms, as in "1h30m"'
}

const quoted = (text: string): string =>
  JSON.stringify(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text)

/** Formats whole milliseconds as Go prints a duration: `31s`, `1m30s`, `1h0m0s`, `1.5s`, `300ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  if (ms < 0) return `-${formatGoDuration(-ms)}`
  if (ms === 0) return '0s'
  if (ms < 1_000) return `${ms}ms`
  const seconds = `${Number(((ms % 60_000) / 1_000).toFixed(3))}s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes === 0) return seconds
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`
}
