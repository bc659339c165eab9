import {
  ActivityCancelledError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
  type AsyncCompletionClient,
  isGrpcServiceError,
  ServiceError,
  type WorkflowClient,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { type AttemptEnd, ENDED_SIGNAL, type Heartbeat } from '../../model/messages.ts'
import type { Outcome } from '../../model/outcome.ts'
import { outcomeFailure } from '../outcome-failure.ts'

/**
 * What Temporal answers about a task token: `accepted`; `cancelled`, the workflow no longer wants it and is
 * cleaning up; `gone`, nobody waits for this token (finished before, a newer try, or no such run any more).
 */
export type Answer = 'accepted' | 'cancelled' | 'gone'

/** One execution of a workflow: a run that went on in a fresh history has had several. */
export interface Execution {
  workflowId: string
  runId: string
}

/** What the watch says to Temporal. Throws what is worth another try. */
export interface Completion {
  complete(token: string, outcome: Outcome): Promise<Answer>
  heartbeat(token: string, details: Heartbeat): Promise<Answer>
  /** `id` is that of the workflow. Believed for a while: hundreds of Jobs may belong to one run. */
  isOpen(id: string): Promise<boolean>
  /** false: the run is over, or takes no more signals. */
  tell(execution: Execution, ends: AttemptEnd[]): Promise<boolean>
}

/** A Job of a run that ends meanwhile is looked at again all the same. */
const BELIEVE_MS = 2_000

/** Named one by one: a state that is none of these (paused, or new in a later server) is not an end. */
const ended: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'])

export function createCompletion(activity: AsyncCompletionClient, workflow: WorkflowClient): Completion {
  const believed = new Map<string, { open: Promise<boolean>; until: number }>()
  return {
    complete(token, outcome) {
      const id = decodeToken(token)
      if (outcome.type === 'succeeded') return answer(activity.complete(id, outcome))
      return answer(activity.fail(id, outcomeFailure(outcome)))
    },
    heartbeat: (token, details) => answer(activity.heartbeat(decodeToken(token), details)),
    isOpen(id) {
      const now = Date.now()
      const known = believed.get(id)
      if (known && known.until > now) return known.open
      for (const [each, { until }] of believed) if (until <= now) believed.delete(each)
      const open = isOpen(workflow, id)
      believed.set(id, { open, until: now + BELIEVE_MS })
      return open
    },
    async tell({ workflowId, runId }, ends) {
      try {
        await workflow.getHandle(workflowId, runId).signal(ENDED_SIGNAL, ends)
        return true
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || isInvalidArgument(error)) return false
        throw error
      }
    },
  }
}

async function isOpen(workflow: WorkflowClient, id: string): Promise<boolean> {
  try {
    return !ended.has((await workflow.getHandle(id).describe()).status.name)
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** The wire's number for it. */
const INVALID_ARGUMENT = 3

/** A run takes so many signals and no more. */
const isInvalidArgument = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code === INVALID_ARGUMENT

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
