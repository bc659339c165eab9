import { ApplicationFailure, type Client } from '@temporalio/client'
import { inParallel } from '../../lib/in-parallel.ts'
import { RUN_WORKFLOW } from '../../model/temporal-names.ts'
import { enums } from '../proto.ts'

/** Creating a Job takes milliseconds, and then heartbeats begin. A busy API server may take a few seconds. */
const FORGOTTEN_MS = 6_000
/** Runs that are checked in parallel. */
const WIDTH = 8

/** What this worker knows from the cluster. */
export interface Known {
  /** Whether the Job of this activity attempt exists, or existed and its end is being reported. */
  isMade(runId: string, activityId: string, tryNumber: number): boolean
  isWorthAsking(runId: string): boolean
}

/**
 * Fails attempts that a worker took and did not live to make, or that were dispatched and lost, so that they
 * are tried again. Until the first heartbeat only their Job shows that a worker has them, and their own
 * timeout is minutes away. An attempt that is only slow is then tried twice. That is harmless: both want the
 * same Job, and the later task token counts. Resolves with the number of runs checked and attempts retried.
 */
export async function retryForgotten(
  client: Client,
  known: Known,
  isStopped: () => boolean,
): Promise<{ asked: number; retried: number }> {
  const query = `WorkflowType = '${RUN_WORKFLOW}' AND ExecutionStatus = 'Running'`
  const asked: string[] = []
  for await (const { workflowId } of client.workflow.list({ query }))
    if (known.isWorthAsking(workflowId)) asked.push(workflowId)
  let retried = 0
  await inParallel(asked, WIDTH, async (workflowId) => {
    if (isStopped()) return
    for (const activityId of await forgottenIn(client, known, workflowId)) {
      retried += 1
      const failure = ApplicationFailure.retryable('the worker of the attempt no longer exists', 'WorkerGone')
      failure.stack = ''
      // When another worker or the attempt itself was faster, there is nothing left to do.
      await client.activity.fail({ workflowId, activityId }, failure).catch(() => undefined)
    }
  })
  return { asked: asked.length, retried }
}

async function forgottenIn(client: Client, { isMade }: Known, workflowId: string): Promise<string[]> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    return (raw.pendingActivities ?? []).flatMap((activity) => {
      const { activityId, activityType, state, attempt, lastHeartbeatTime, lastStartedTime } = activity
      const startedAt = Number(lastStartedTime?.seconds ?? 0) * 1_000
      // The server keeps the last heartbeat of the previous attempt.
      const heardAt = Number(lastHeartbeatTime?.seconds ?? 0) * 1_000
      const isForgotten =
        activityType?.name === 'runJob' &&
        state === enums.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED &&
        heardAt < startedAt &&
        Date.now() - startedAt > FORGOTTEN_MS
      return isForgotten && activityId && !isMade(workflowId, activityId, attempt ?? 1) ? [activityId] : []
    })
  } catch {
    // The run has ended, or Temporal is unreachable. The next check tries again.
    return []
  }
}
