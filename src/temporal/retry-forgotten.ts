import { ApplicationFailure, type Client } from '@temporalio/client'
import { RUN_WORKFLOW } from '../../workflows/names.ts'
import { inParallel } from '../in-parallel.ts'

/** The wire's number for a pending activity that some worker has taken. */
const STARTED = 2
/** Making a Job takes milliseconds, and then it is vouched for; a busy API server may take a few seconds. */
const FORGOTTEN_MS = 6_000
/** Runs that are looked at side by side. */
const WIDTH = 8

/**
 * Has attempts tried again that a worker took and did not live to make, or that were handed out and never arrived:
 * until the first heartbeat nobody vouches for them, and their own timeout is minutes away. One that is just slow
 * somewhere is tried twice then, which is harmless: both want the same Job, and the later token is the one that
 * counts. Resolves with how many runs are open and how many attempts of theirs there were.
 */
export async function retryForgotten(
  client: Client,
  isStopped: () => boolean,
): Promise<{ open: number; retried: number }> {
  const query = `WorkflowType = '${RUN_WORKFLOW}' AND ExecutionStatus = 'Running'`
  const open: string[] = []
  for await (const { workflowId } of client.workflow.list({ query })) open.push(workflowId)
  let retried = 0
  await inParallel(open, WIDTH, async (workflowId) => {
    if (isStopped()) return
    for (const activityId of await forgottenIn(client, workflowId)) {
      retried += 1
      const failure = ApplicationFailure.retryable('the worker that had taken it is gone', 'WorkerGone')
      failure.stack = ''
      // Whoever was faster, another worker or the attempt itself, is right.
      await client.activity.fail({ workflowId, activityId }, failure).catch(() => undefined)
    }
  })
  return { open: open.length, retried }
}

async function forgottenIn(client: Client, workflowId: string): Promise<string[]> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    return (raw.pendingActivities ?? []).flatMap((activity) => {
      const { activityId, activityType, state, lastHeartbeatTime, lastStartedTime } = activity
      const startedAt = Number(lastStartedTime?.seconds ?? 0) * 1_000
      // The server keeps the last heartbeat of the try before.
      const heardAt = Number(lastHeartbeatTime?.seconds ?? 0) * 1_000
      const isForgotten =
        activityType?.name === 'runJob' &&
        state === STARTED &&
        heardAt < startedAt &&
        Date.now() - startedAt > FORGOTTEN_MS
      return isForgotten && activityId ? [activityId] : []
    })
  } catch {
    // It ended meanwhile, or Temporal is away: there is another look.
    return []
  }
}
