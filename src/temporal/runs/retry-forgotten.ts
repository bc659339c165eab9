import { ApplicationFailure, type Client } from '@temporalio/client'
import { inParallel } from '../../lib/in-parallel.ts'
import { RUN_WORKFLOW } from '../../model/temporal-names.ts'

/** The wire's number for a pending activity that some worker has taken. */
const STARTED = 2
/** Making a Job takes milliseconds, and then it is vouched for; a busy API server may take a few seconds. */
const FORGOTTEN_MS = 6_000
/** Runs that are looked at side by side. */
const WIDTH = 8

/** What the cluster shows. */
export interface Known {
  /** Whether the Job of this try of an activity is there, or was and its end is being told. */
  isMade(runId: string, activityId: string, tryNumber: number): boolean
  isWorthAsking(runId: string): boolean
}

/**
 * Has attempts tried again that a worker took and did not live to make, or that were handed out and never arrived:
 * until the first heartbeat only their Job shows that somebody did, and their own timeout is minutes away. One that
 * is just slow somewhere is tried twice then, which is harmless: both want the same Job, and the later token is the
 * one that counts. Resolves with how many runs were asked and how many such attempts they had.
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
      const failure = ApplicationFailure.retryable('the worker that had taken it is gone', 'WorkerGone')
      failure.stack = ''
      // Whoever was faster, another worker or the attempt itself, is right.
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
      // The server keeps the last heartbeat of the try before.
      const heardAt = Number(lastHeartbeatTime?.seconds ?? 0) * 1_000
      const isForgotten =
        activityType?.name === 'runJob' &&
        state === STARTED &&
        heardAt < startedAt &&
        Date.now() - startedAt > FORGOTTEN_MS
      return isForgotten && activityId && !isMade(workflowId, activityId, attempt ?? 1) ? [activityId] : []
    })
  } catch {
    // It ended meanwhile, or Temporal is away: there is another look.
    return []
  }
}
