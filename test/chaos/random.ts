/** Pseudo-random numbers: the same seed gives the same numbers, so that a run of the suite can be repeated. */
export interface Random {
  /** An integer, both ends included. */
  between(low: number, high: number): number
  /** `count` of the items, in a random order. */
  some<T>(items: readonly T[], count: number): T[]
}

/** mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    between,
    some(items, count) {
      const rest = [...items]
      const take = Math.min(count, rest.length)
      return Array.from({ length: take }, () => rest.splice(between(0, rest.length - 1), 1)).flat()
    },
  }
}
