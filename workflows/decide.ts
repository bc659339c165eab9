/**
 * decide: what a run does next, from its plan and its state alone.
 *
 * The rules, in order: a closing run deletes its objects and ends. Nodes that are ready start. After a
 * failure nothing new starts (with `continueOnFailure`: nothing that depends on it); running attempts
 * continue and are recorded. Once nothing is running and something failed, the failure handler runs. Then the
 * run ends. Services never end by themselves, so a run with one ends by being closed.
 * Calling it again after its commands were issued repeats no command: `apply` marks each as issued.
 */

import { own } from '../src/lib/json.ts'
import type { Plan } from '../src/model/plan.ts'
import type { Command } from './command.ts'
import { conclude } from './decide/conclude.ts'
import { closeParallels, isMember, startMembers, startNodes } from './decide/start-nodes.ts'
import { type Survey, surveyOf } from './decide/survey.ts'
import { isService, type RunState, retryAtOf } from './state.ts'

export function decide(plan: Plan, state: RunState): Command[] {
  if (state.phase) return []
  if (state.closing) return close(state.closing)
  if (plan.cancelled) {
    const { reason, message } = plan.cancelled
    return [{ type: 'finish', phase: 'Cancelled', message: `${reason}: ${message}` }]
  }
  const survey = surveyOf(state)
  const failed = hasFailed(plan, survey)
  const stopped = failed && !plan.continueOnFailure
  const commands = [
    ...(stopped ? [] : startNodes(plan, state, survey)),
    ...(stopped ? [] : closeParallels(state, survey)),
    ...(failed ? [] : startMembers(plan, state, survey)),
  ]
  if (commands.length > 0 || isUnderWay(state, survey, stopped)) return commands
  return conclude(plan, state, failed)
}

function close({ as, message, step }: NonNullable<RunState['closing']>): Command[] {
  if (step === 'requested') return [{ type: 'deleteObjects' }]
  return step === 'deleting' ? [] : [{ type: 'finish', phase: as, message }]
}

/** A graph node has failed and is not retried. Members of a fleet do not stop each other, only the nodes after it. */
function hasFailed(plan: Plan, { failed }: Survey): boolean {
  return failed.some((node) => !isMember(node) && node.id !== plan.onFailure?.id)
}

/** After a failure only running attempts are waited for, not retries or missing templates. */
function isUnderWay(state: RunState, { pending, running }: Survey, failed: boolean): boolean {
  // A service never ends: after a failure it is closed, not waited for.
  if (running.some((node) => !(failed && isService(node)))) return true
  if (failed) return false
  return (
    pending.some((node) => retryAtOf(node) !== undefined) ||
    state.asked.some((job) => !own(state.found, job)) ||
    Object.values(state.fleets).some(({ phase }) => phase === 'listing')
  )
}
