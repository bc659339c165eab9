import { afterAll, beforeAll, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import { bringUp, type World } from './env.ts'
import { faultNamed } from './faults.ts'
import { createRandom } from './random.ts'
import { runWave } from './round.ts'

/** One after the other, on one load. All others, and each of these on a load of its own, are in `npm run chaos`. */
const faults = [
  'worker-killed',
  'temporal-killed',
  'watch-expired',
  'pod-evicted',
  'job-deleted',
  'worker-stopped',
].map(faultNamed)
const RUNS = 10
const OUTAGE_MS = 8_000
/** The same every time: a test that fails is to fail again. */
const SEED = 4
/** Other test files keep the cores busy meanwhile. The promise itself is held in `npm run chaos`. */
const SLACK = 3

let world: World

beforeAll(async () => {
  world = await bringUp({
    report: () => undefined,
    outageMs: OUTAGE_MS,
    signal: new AbortController().signal,
  })
})
afterAll(() => world?.down())

it('whatever goes wrong, every run ends as its plan says, no container runs twice, and nothing is left', async () => {
  const { breaches, containers } = await runWave(world, 'short', faults, {
    runs: RUNS,
    random: createRandom(SEED),
    slack: patience(SLACK),
  })
  expect(breaches).toEqual([])
  expect(containers, 'the load has run').toBeGreaterThan(RUNS * 2)
})
