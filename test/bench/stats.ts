/** The lower one of two middle values; NaN without values. */
export const median = (values: readonly number[]): number => percentile(values, 50)

/** The smallest value that is at least as large as `share` per cent of the values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? Number.NaN
}

export const spreadOf = (values: readonly number[]): [number, number] => [
  Math.min(...values),
  Math.max(...values),
]

/** The mean of two adjacent values: the speed of a machine drifts, so each round is compared with the one before and after. */
export const between = (values: readonly number[], at: number): number =>
  ((values[at] ?? Number.NaN) + (values[at + 1] ?? Number.NaN)) / 2
