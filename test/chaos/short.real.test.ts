import { afterAll, beforeAll, expect, it } from 'vitest'
import { patience } from '../../deploy/local/slowness.ts'
import { bringUp, type Env } from './env.ts'
import { faultNamed } from './faults.ts'
import { createRandom } from './random.ts'
import { runRound } from './round.ts'

/** Injected one after the other into one load. `npm run chaos` injects every fault, each into a load of its own. */
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
/** Always the same, so that a failure can be reproduced. */
const SEED = 4
/** Other test files keep the cores busy. `npm run chaos` checks the limits themselves. */
const SLACK = 3

let env: Env

beforeAll(async () => {
  env = await bringUp({
    report: () => undefined,
    outageMs: OUTAGE_MS,
    signal: new AbortController().signal,
  })
})
afterAll(() => env?.down())

it('under every fault each run ends as its plan says, no container runs twice, and no object is left', async () => {
  const { violations, containers } = await runRound(env, 'short', faults, {
    runs: RUNS,
    random: createRandom(SEED),
    slack: patience(SLACK),
  })
  expect(violations).toEqual([])
  expect(containers, 'the load has run').toBeGreaterThan(RUNS * 2)
})
