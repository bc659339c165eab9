/** A line of the report, and an entry of `figures` in the JSON. */
export interface Figure {
  name: string
  value: number
  unit: string
  /** Undefined for a figure that is only reported. */
  target?: { atMost: number } | { atLeast: number }
  /** Lowest and highest of the single measurements. */
  spread?: [number, number]
  /** How it was measured, and what it is compared with. */
  note?: string
  /** Milliseconds of CPU per piece of work, by process. */
  profile?: string
  /** What limits it. */
  bound?: string
}

export const isReached = ({ value, target }: Figure): boolean => {
  if (!target) return true
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast
}

const rounded = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()

const targetText = ({ target }: Figure): string => {
  if (!target) return ''
  return 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`
}

/** A table for a terminal. A figure that misses its target is marked, and its bound is printed below. */
export function toText(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    isReached(figure) ? ' ' : '!',
    figure.name,
    `${rounded(figure.value)} ${figure.unit}`.trim(),
    targetText(figure),
    figure.spread ? `${rounded(figure.spread[0])} to ${rounded(figure.spread[1])}` : '',
    figure.note ?? '',
  ])
  const table = [['', 'figure', 'value', 'target', 'spread', 'how'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)))
  const profiles = figures.flatMap(({ name, profile }) => (profile ? [`${name}, ms of CPU: ${profile}`] : []))
  const bounds = figures.flatMap((figure) =>
    figure.bound && !isReached(figure) ? [`${figure.name} is bounded by ${figure.bound}.`] : [],
  )
  const lines = table.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const below = [...profiles, ...bounds]
  return [...lines, ...(below.length > 0 ? ['', ...below] : [])].join('\n')
}
