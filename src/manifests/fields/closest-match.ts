/** Longer names are not typos of a known name, and comparing them is slow. */
const MAX_LENGTH = 64

/** The known word that `word` is probably a typo of: at most 2 edits away, or 1 below 6 characters. */
export function closestMatch(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined
  const limit = word.length < 6 ? 1 : 2
  const near = known
    .map((candidate) => ({ candidate, strokes: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ strokes }) => strokes <= limit)
    .toSorted((a, b) => a.strokes - b.strokes)
  return near[0]?.candidate
}

/** Damerau-Levenshtein distance: insertions, deletions, substitutions and swaps of neighbours. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const line = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      line[column] = Math.min(
        at(last, column) + 1,
        at(line, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = line
  }
  return at(last, b.length)
}

const at = (line: readonly number[], index: number): number => line[index] ?? Number.POSITIVE_INFINITY
