import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunState } from '../../workflows/state.ts'
import { toStatus } from '../../workflows/status/status.ts'
import { anyExecution, anyGraph, wideGraph } from './any-plan.ts'
import { AnyRun } from './any-run.ts'

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('succeeded' as const), output: fc.jsonValue({ maxDepth: 1 }) }),
  },
  fc.record({
    type: fc.constantFrom('failed', 'timedOut', 'evicted', 'image', 'refused', 'lost', 'cancelled'),
    message: fc.string(),
    steps: fc.array(
      fc.record({ name: fc.string(), phase: fc.constantFrom('Succeeded', 'Failed', 'Skipped') }),
      { maxLength: 3 },
    ),
  }),
) as fc.Arbitrary<Outcome>
const randomSteps = fc.infiniteStream(fc.tuple(fc.nat(), outcome, fc.nat(60)))

/** Plays a run to its end. With `cancels` it may be cancelled at any moment. */
function play(thePlan: Plan, steps: fc.Stream<[number, Outcome, number]>, cancels: boolean): RunState {
  const run = new AnyRun(thePlan)
  const hasServices = thePlan.nodes.some(({ type }) => type === 'service')
  for (let rounds = 0; run.state.phase === undefined; rounds++) {
    expect(
      run.open.length,
      `no command is open and the run has not ended: ${JSON.stringify(run.state)}`,
    ).toBeGreaterThan(0)
    expect(rounds, 'it ends').toBeLessThan(3_000)
    const [at, end, chance] = steps.next().value as [number, Outcome, number]
    // A service does not end by itself.
    if (!run.state.closing && ((cancels && chance === 0) || (hasServices && rounds > 60)))
      run.happens({ type: 'cancelRequested', at: run.tick() })
    else run.end(at, end)
  }
  return run.state
}

describe.each([
  ['graph of more jobs than start one by one', wideGraph],
  ['graph of jobs, sequences, services and a fleet', anyGraph],
  ['tree of tasks, parallels and branches', anyExecution],
])('any %s', (_, plans) => {
  it.each([
    ['', false],
    ['and cancelled at any moment ', true],
  ])('in any order of events %sends, and starts each attempt once and after its needs', (__, cancels) => {
    fc.assert(
      fc.property(plans, randomSteps, (thePlan, steps) => {
        const state = play(thePlan, steps, cancels)
        const ref = {
          id: 'k/n/n/00000000',
          apiVersion: 'v',
          kind: thePlan.kind,
          namespace: 'n',
          name: 'n',
          uid: 'u',
        }
        const status = toStatus(thePlan, state, ref, [])
        const open = status.nodes.filter(({ phase }) => phase === 'Pending' || phase === 'Running')
        expect(open, 'no node is left open').toEqual([])
        const failed = status.nodes.filter(
          ({ phase, id }) => phase === 'Failed' && id !== thePlan.onFailure?.id,
        )
        if (status.phase === 'Succeeded') expect(failed).toEqual([])
        if (status.phase === 'Failed') expect(status.message).toBeTruthy()
      }),
      { numRuns: plans === wideGraph ? 20 : 300 },
    )
  })
})
