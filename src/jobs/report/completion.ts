import { status as grpcStatus } from '@grpc/grpc-js'
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
import type { Heartbeat } from '../../model/messages/heartbeat.ts'
import { type AttemptEnd, ENDED_SIGNAL } from '../../model/messages/run-messages.ts'
import type { Outcome } from '../../model/outcome.ts'
import { outcomeFailure } from '../outcome-failure.ts'

/**
 * Temporal's answer for a task token: `accepted`; `cancelled`, the workflow is cleaning up and does not want
 * it; `gone`, nothing waits for this token (already completed, a newer try, or the run is over).
 */
export type Answer = 'accepted' | 'cancelled' | 'gone'

/** One execution of a workflow; `runId` is its execution run id. A run that continued as new has several. */
export interface Execution {
  workflowId: string
  runId: string
}

/** The calls of the job informers to Temporal. They throw errors that are worth a retry. */
export interface Completion {
  complete(token: string, outcome: Outcome): Promise<Answer>
  heartbeat(token: string, details: Heartbeat): Promise<Answer>
  /** `id` is the workflow id. Cached for a moment: hundreds of Jobs may belong to one run. */
  isOpen(id: string): Promise<boolean>
  /** Signals ends to the run; false when the run is over or accepts no more signals. */
  tell(execution: Execution, ends: AttemptEnd[]): Promise<boolean>
}

/** How long `isOpen` is cached. A Job of a run that ends meanwhile is checked again anyway. */
const BELIEVE_MS = 2_000

/** Named one by one: any other status (paused, or new in a later server) is not an end. */
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

/** The server limits the signals that one run may receive. */
const isInvalidArgument = (error: unknown): boolean =>
  error instanceof ServiceError &&
  isGrpcServiceError(error.cause) &&
  error.cause.code === grpcStatus.INVALID_ARGUMENT

async function answer(call: Promise<void>): Promise<Answer> {
  try {
    await call
    return 'accepted'
  } catch (error) {
    if (error instanceof ActivityNotFoundError) return 'gone'
    if (error instanceof ActivityCancelledError) return 'cancelled'
    // Somebody paused or reset the activity in Temporal's UI: its Job continues, and so does our tracking.
    if (error instanceof ActivityPausedError || error instanceof ActivityResetError) return 'accepted'
    throw error
  }
}

const decodeToken = (token: string): Uint8Array => new Uint8Array(Buffer.from(token, 'base64'))
