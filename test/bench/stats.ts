/** Of sorted or unsorted numbers; the lower of two middle ones. NaN when there are none. */
export const median = (values: readonly number[]): number => percentile(values, 50)

/** The smallest value that `share` per cent of all are not above. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? Number.NaN
}

export const spreadOf = (values: readonly number[]): [number, number] => [
  Math.min(...values),
  Math.max(...values),
]

/** The mean of two neighbours: a machine changes its speed, so a round of one kind stands between two of the other. */
export const between = (values: readonly number[], at: number): number =>
  ((values[at] ?? Number.NaN) + (values[at + 1] ?? Number.NaN)) / 2
