import {
  ActivityCancelledError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
  type AsyncCompletionClient,
  type WorkflowClient,
  WorkflowNotFoundError,
} from '@temporalio/client'
import type { Heartbeat } from '../../workflows/messages.ts'
import type { Outcome } from '../../workflows/outcome.ts'
import { outcomeFailure } from '../outcome-failure.ts'

/**
 * What Temporal answers about a task token: `accepted`; `cancelled`, the workflow no longer wants it and is
 * cleaning up; `gone`, nobody waits for this token (finished before, a newer try, or no such run any more).
 */
export type Answer = 'accepted' | 'cancelled' | 'gone'

/** The three things that the watch says to Temporal. Throws what is worth another try. */
export interface Completion {
  complete(token: string, outcome: Outcome): Promise<Answer>
  heartbeat(token: string, details: Heartbeat): Promise<Answer>
  isOpen(runId: string): Promise<boolean>
}

/** Named one by one: a state that is none of these (paused, or new in a later server) is not an end. */
const ended: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'])

export function createCompletion(activity: AsyncCompletionClient, workflow: WorkflowClient): Completion {
  return {
    complete(token, outcome) {
      const id = decodeToken(token)
      if (outcome.type === 'succeeded') return answer(activity.complete(id, outcome))
      return answer(activity.fail(id, outcomeFailure(outcome)))
    },
    heartbeat: (token, details) => answer(activity.heartbeat(decodeToken(token), details)),
    async isOpen(runId) {
      try {
        return !ended.has((await workflow.getHandle(runId).describe()).status.name)
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false
        throw error
      }
    },
  }
}

async function answer(call: Promise<void>): Promise<Answer> {
  try {
    await call
    return 'accepted'
  } catch (error) {
    if (error instanceof ActivityNotFoundError) return 'gone'
    if (error instanceof ActivityCancelledError) return 'cancelled'
    // Somebody holds the activity in Temporal's UI: its Job goes on, and so does our watch.
    if (error instanceof ActivityPausedError || error instanceof ActivityResetError) return 'accepted'
    throw error
  }
}

const decodeToken = (token: string): Uint8Array => new Uint8Array(Buffer.from(token, 'base64'))
