/**
 * Measures how slow this machine is at the moment with a fixed amount of work. Tests mostly wait for processes that start
 * and compute, so the work is two such processes at once, for the two cores of the reference machine.
 *
 * It is measured once, before the first test. The result is the one factor that stretches all limits
 * (deploy/local/slowness.ts). The limits themselves have room for later load: each is many times the usual duration while
 * all test files run.
 *
 * `node test/slow-machine.ts` prints the duration on this machine. REFERENCE_MS is the shortest of several calls on an
 * idle machine with two cores.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Measured on a virtual server with two cores of an AMD EPYC. */
export const REFERENCE_MS = 400
/** A test run that is ten times slower takes hours. A limit that is stretched further is of no use. */
const SLOWEST = 10
const ROUNDS = 3
const AT_ONCE = 2

const work = `
  let hash = 0
  for (let round = 0; round < 200; round += 1) {
    const text = JSON.stringify(Array.from({ length: 5000 }, (_, at) => ({ at, name: 'item-' + at, even: at % 2 === 0 })))
    for (const { at, name } of JSON.parse(text)) hash = (hash * 31 + at + name.length) | 0
  }
  process.exitCode = hash === 0 ? 1 : 0
`

/** Milliseconds that the work takes: the median of several rounds, since one may be disturbed. */
export async function measure(rounds = ROUNDS): Promise<number> {
  const took: number[] = []
  while (took.length < rounds) took.push(await oneRound())
  return took.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

async function oneRound(): Promise<number> {
  const startedAt = performance.now()
  const working = Array.from({ length: AT_ONCE }, () => spawn(process.execPath, ['-e', work]))
  const codes = await Promise.all(working.map(async (child) => (await once(child, 'exit'))[0]))
  if (codes.some((code) => code !== 0)) throw new Error(`the measured work ended with ${codes}`)
  return performance.now() - startedAt
}

/** At least 1, because a fast machine needs the same limits for a hang. Rounded to tenths. */
export const slownessOf = (ms: number): number =>
  Math.round(Math.min(Math.max(ms / REFERENCE_MS, 1), SLOWEST) * 10) / 10

if (import.meta.main) {
  const ms = await measure()
  console.log(`${Math.round(ms)} ms: the slowness of this machine is ${slownessOf(ms)}`)
}
