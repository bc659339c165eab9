/**
 * How slow this machine is at the moment, by a piece of work of a fixed size. What tests wait for is processes that
 * start and compute, so that is what it consists of: two of them at once, for the two cores of the reference.
 *
 * It is measured once, before the first test, and what it gives is the one factor by which all limits are stretched
 * (deploy/local/slowness.ts). Load that begins later is what the limits themselves leave room for: each is many times
 * what it is for takes while all test files are at work.
 *
 * `node test/slow-machine.ts` prints what it takes here; REFERENCE_MS is the least of some calls on a machine with
 * two cores and nothing else to do.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Measured on a virtual server with two cores of an AMD EPYC. */
export const REFERENCE_MS = 400
/** A test run that is ten times slower takes hours. A limit that is stretched further ends nothing for anybody. */
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

/** Milliseconds that the work takes: the median of a few rounds, since one may be disturbed. */
export async function measure(rounds = ROUNDS): Promise<number> {
  const took: number[] = []
  while (took.length < rounds) took.push(await oneRound())
  return took.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

async function oneRound(): Promise<number> {
  const startedAt = performance.now()
  const working = Array.from({ length: AT_ONCE }, () => spawn(process.execPath, ['-e', work]))
  const codes = await Promise.all(working.map(async (child) => (await once(child, 'exit'))[0]))
  if (codes.some((code) => code !== 0)) throw new Error(`the work that is measured ended with ${codes}`)
  return performance.now() - startedAt
}

/** Never less than 1: on a fast machine a limit is for a hang all the same. In tenths, as it is told. */
export const slownessOf = (ms: number): number =>
  Math.round(Math.min(Math.max(ms / REFERENCE_MS, 1), SLOWEST) * 10) / 10

if (import.meta.main) {
  const ms = await measure()
  console.log(`${Math.round(ms)} ms: the slowness of this machine is ${slownessOf(ms)}`)
}
