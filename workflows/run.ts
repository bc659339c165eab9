/**
 * The run workflow: one durable execution per run.
 *
 * It is only a reconcile loop: decide what is next, mark it as issued, start it without waiting, wait for
 * events, apply them. All rules are in decide, apply and retry, which are pure and table-tested. All effects
 * are in the activities. What it shows in Temporal (current details, the phase as a search attribute) is
 * derived from the state, so a replay rebuilds it exactly.
 *
 * A run of services lasts for months. When its history has grown, it continues as new with its state as the
 * argument. The signal `renew` makes it do the same, which moves it to newer code.
 *
 * Ends: succeeded → the workflow completes with the RunStatus; failed → it fails with the RunStatus in the
 * failure's details; cancelled → it ends as cancelled once every object is deleted.
 */

import { defineSearchAttributeKey } from '@temporalio/common'
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Json } from '../src/lib/json.ts'
import { own } from '../src/lib/json.ts'
import {
  type AttemptEnd,
  ENDED_SIGNAL,
  INPUT_QUERY,
  OUTPUT_SIGNAL,
  type OutputMessage,
  RENEW_SIGNAL,
  type RunInput,
  STATUS_QUERY,
} from '../src/model/messages/run-messages.ts'
import type { RunStatus } from '../src/model/run-status.ts'
import { searchAttributes } from '../src/model/temporal-names.ts'
import { apply } from './apply.ts'
import { isPure } from './command.ts'
import { decide } from './decide.ts'
import type { Event } from './event.ts'
import { inputBytes } from './input-bytes.ts'
import { perform } from './perform.ts'
import { canRenew, renewed } from './renew.ts'
import { initialState, type RunState } from './state.ts'
import { fitStatus } from './status/fit-status.ts'
import { runPhase, toStatus } from './status/status.ts'
import { toTable } from './status/table.ts'

/** The limit of a gRPC message is 4 MiB. Half of it leaves room for one more body and for overhead. */
const TASK_BYTES = 2_000_000

const phaseAttribute = defineSearchAttributeKey(searchAttributes.phase, 'KEYWORD')

/** Its name is the workflow type stored in every history: renaming it strands open runs. */
export async function run({ run, plan, warnings, ...input }: RunInput<RunState>): Promise<RunStatus> {
  const state = input.state ?? initialState(plan, Date.now())
  const events: Event[] = []
  const kept = new Set<Promise<unknown>>()
  let renew = false
  const emit = (event: Event): void => {
    events.push(event)
  }
  // Fitting measures every output, so it runs only when the status is read.
  const status = (): RunStatus => toStatus(plan, state, run, warnings)
  setHandler(defineQuery<RunStatus>(STATUS_QUERY), () => fitStatus(status()), {
    description: 'The current state of the run',
  })
  setHandler(defineQuery<Json | undefined, [string]>(INPUT_QUERY), (node) => own(state.nodes, node)?.input)
  setHandler(defineSignal<[OutputMessage]>(OUTPUT_SIGNAL), (message) =>
    emit({ type: 'outputRecorded', ...message }),
  )
  setHandler(defineSignal<[AttemptEnd[]]>(ENDED_SIGNAL), (ends) => {
    for (const end of ends) emit({ type: 'attemptEnded', ...end, at: Date.now() })
  })
  setHandler(defineSignal(RENEW_SIGNAL), () => {
    renew = true
  })
  onCancel(() => emit({ type: 'cancelRequested', at: Date.now() }))

  await CancellationScope.nonCancellable(async () => {
    const scope = new CancellationScope({ cancellable: true })
    let phase: RunStatus['phase'] | undefined = input.state ? undefined : 'Running'
    while (state.phase === undefined) {
      for (const event of events.splice(0)) apply(plan, state, event)
      let bytes = 0
      for (let commands = decide(plan, state); ; commands = decide(plan, state)) {
        for (const command of commands) {
          apply(plan, state, { type: 'issued', command, at: Date.now() })
          void perform(command, { plan, state, run, scope, emit, kept })
          bytes += inputBytes(command, plan, state)
          if (bytes < TASK_BYTES) continue
          // All commands of one workflow task form one message. A timer ends the task.
          await sleep(1)
          bytes = 0
        }
        // Commands that only change the state may make others ready at once.
        if (!commands.some(isPure)) break
      }
      setCurrentDetails(toTable(plan, state, warnings))
      const now = runPhase(state)
      if (now !== phase) {
        phase = now
        upsertSearchAttributes([{ key: phaseAttribute, value: phase }])
      }
      if (state.phase !== undefined) break
      const isDue = (): boolean =>
        (renew || workflowInfo().continueAsNewSuggested) && events.length === 0 && canRenew(state)
      await condition(() => events.length > 0 || isDue())
      // Activities that wait for services end with this execution and start again in the next.
      if (isDue()) await continueAsNew<RunType>({ run, plan, warnings, state: renewed(state) })
    }
  })
  return conclude(fitStatus(status()))
}

/** Only to type continueAsNew. */
type RunType = (input: RunInput) => Promise<RunStatus>

function onCancel(told: () => void): void {
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) told()
  })
}

function conclude(status: RunStatus): RunStatus {
  // Temporal needs a cancel request to end a run as cancelled. Without one, only the status says so.
  if (status.phase === 'Cancelled' && CancellationScope.current().consideredCancelled)
    throw new CancelledFailure(status.message ?? 'the run was cancelled')
  if (status.phase !== 'Failed') return status
  const failure = ApplicationFailure.nonRetryable(status.message ?? 'the run failed', 'RunFailed', status)
  // A stack of our own code does not help a person who reads why their job failed.
  failure.stack = ''
  throw failure
}
