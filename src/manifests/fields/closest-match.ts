/** Names longer than this are not a slip of the pen for anything of ours, and comparing them would cost. */
const MAX_LENGTH = 64

/** The word of `known` that `word` was probably meant to be: at most two strokes away, or one in short words. */
export function closestMatch(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined
  const limit = word.length < 6 ? 1 : 2
  const near = known
    .map((candidate) => ({ candidate, strokes: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ strokes }) => strokes <= limit)
    .toSorted((a, b) => a.strokes - b.strokes)
  return near[0]?.candidate
}

/** Strokes between two words: letters put in, left out, changed, or swapped with a neighbour. */
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
