import { boundText, type Profiled, profileText } from './cpu.ts'
import { between } from './stats.ts'

interface Rounds {
  count: number
  /** What a piece of our work is called in the profile. */
  piece: string
  ours(): Promise<Profiled<number>>
  bare(): Promise<Profiled<number>>
  onStart(text: string): void
  onEnd(measured: Measured): void
}

export interface Measured {
  ours: number[]
  /** One more than `ours`. */
  bare: number[]
  profile: string
  bound: string
}

/** Measures bare, ours, bare, ours, …, bare, so that each of ours has bare Jobs before and after it. */
export async function alternate({ count, piece, ours, bare, onStart, onEnd }: Rounds): Promise<Measured> {
  const measured: Measured = { ours: [], bare: [], profile: '', bound: '' }
  measured.bare.push((await bare()).value)
  for (let round = 0; round < count; round++) {
    onStart(`round ${round + 1} of ${count}`)
    const our = await ours()
    measured.ours.push(our.value)
    const their = await bare()
    measured.bare.push(their.value)
    measured.profile = `${piece}: ${profileText(our.profile)}; a bare Job: ${profileText(their.profile)}`
    measured.bound = boundText(our.profile, their.profile)
    onEnd(measured)
  }
  return measured
}

/** Each of ours in relation to the bare rounds before and after it. */
export const ratiosOf = ({ ours, bare }: Measured): number[] =>
  ours.map((value, at) => value / between(bare, at))
