/**
 * Plain YAML scalars as kubectl reads them (goyaml v2): YAML 1.1 words and octals, and Go's integer prefixes.
 * Dates and base 60 stay text. If two readers resolved a scalar differently, the bug would be hard to find.
 */
const words = new Map<string, boolean | null | number>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (w) => [w, false] as const,
  ),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
])

const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
/** In a float that begins with a dot, underscores are allowed only between digits. */
const DOT_FLOAT = /^\.[0-9](_?[0-9])*([eE][-+]?[0-9](_?[0-9])*)?$/

/** 64 bits, signed or unsigned. Beyond that, a decimal number is a float and any other is text. */
const MAX_UINT64 = 18_446_744_073_709_551_615n
const MIN_INT64 = -9_223_372_036_854_775_808n

/** May return numbers that JSON cannot hold (NaN, infinite, unsafe integers); the caller refuses them. */
export function resolvePlain(text: string): string | number | boolean | null {
  const word = words.get(text)
  if (word !== undefined) return word
  if (text.startsWith('.')) return DOT_FLOAT.test(text) ? Number(text.replaceAll('_', '')) : text
  if (!/^[-+0-9]/.test(text)) return text
  const digits = text.replaceAll('_', '')
  return integer(digits) ?? float(digits) ?? text
}

function integer(digits: string): number | undefined {
  const [matches, sign, hex, binary, octal, decimal] = INTEGER.exec(digits) ?? []
  if (matches === undefined) return undefined
  const magnitude = BigInt(
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : (decimal ?? 0),
  )
  const value = sign === '-' ? -magnitude : magnitude
  return value > MAX_UINT64 || value < MIN_INT64 ? undefined : Number(value)
}

function float(digits: string): number | undefined {
  const value = FLOAT.test(digits) ? Number(digits) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}
