/**
 * The workflow: one durable execution per run.
 *
 * It is a reconcile loop and nothing more: decide what is next, mark it as issued, perform it beside the loop,
 * wait for events, apply them. All judgement is in decide, apply and retry, which are pure and table-tested;
 * all effects are in the activities. What it hands to Temporal for people (current details, the phase as a
 * search attribute) is derived from the state, so a replay rebuilds it exactly.
 *
 * Ends: succeeded → the workflow completes with the RunStatus; failed → it fails with the RunStatus in the
 * failure's details; cancelled → it ends as cancelled once every object is seen gone.
 */

import { defineSearchAttributeKey } from '@temporalio/common'
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import { apply } from './apply.ts'
import { decide } from './decide.ts'
import type { Event } from './event.ts'
import { fitStatus } from './fit-status.ts'
import { type RunInput, STATUS_QUERY } from './messages.ts'
import { searchAttributes } from './names.ts'
import { inputBytes, perform } from './perform.ts'
import { initialState } from './state.ts'
import { type RunStatus, toStatus } from './status.ts'
import { toTable } from './table.ts'

/** A message to the server ends at 4 MiB; half of it leaves room for one more body and what stands around. */
const TASK_BYTES = 2_000_000

const phaseAttribute = defineSearchAttributeKey(searchAttributes.phase, 'KEYWORD')

/** Its type name is what is stored in every history: renaming it strands open runs. */
export async function run({ run, plan, warnings }: RunInput): Promise<RunStatus> {
  const state = initialState(plan, Date.now())
  const events: Event[] = []
  const emit = (event: Event): void => {
    events.push(event)
  }
  const status = (): RunStatus => fitStatus(toStatus(plan, state, run, warnings))
  setHandler(defineQuery<RunStatus>(STATUS_QUERY), status, { description: 'What the run is doing' })
  onCancel(() => emit({ type: 'cancelRequested', at: Date.now() }))

  await CancellationScope.nonCancellable(async () => {
    const scope = new CancellationScope({ cancellable: true })
    let phase: RunStatus['phase'] = 'Running'
    while (state.phase === undefined) {
      for (const event of events.splice(0)) apply(plan, state, event)
      let bytes = 0
      for (const command of decide(plan, state)) {
        apply(plan, state, { type: 'issued', command, at: Date.now() })
        void perform(command, { plan, state, run, scope, emit })
        bytes += inputBytes(command, plan, state)
        if (bytes < TASK_BYTES) continue
        // Everything of one task goes in one message: a timer closes it, and the rest goes with the next.
        await sleep(1)
        bytes = 0
      }
      const now = status()
      setCurrentDetails(toTable(now))
      if (now.phase !== phase) {
        phase = now.phase
        upsertSearchAttributes([{ key: phaseAttribute, value: phase }])
      }
      if (state.phase === undefined) await condition(() => events.length > 0)
    }
  })
  return conclude(status())
}

function onCancel(told: () => void): void {
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) told()
  })
}

function conclude(status: RunStatus): RunStatus {
  if (status.phase === 'Cancelled') throw new CancelledFailure(status.message ?? 'the run was cancelled')
  if (status.phase === 'Succeeded') return status
  const failure = ApplicationFailure.nonRetryable(status.message ?? 'the run failed', 'RunFailed', status)
  // Where our code threw it helps nobody who reads why their job failed.
  failure.stack = ''
  throw failure
}
