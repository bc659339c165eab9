import { activityInfo, CompleteAsyncError } from '@temporalio/activity'
import { outcomeFailure } from '../src/jobs/outcome-failure.ts'
import type { Outcome } from '../src/model/outcome.ts'
import { createOrAdopt } from './create-or-adopt.ts'
import type { ActivityDeps } from './deps.ts'
import { refuseUnwanted } from './is-unwanted.ts'
import { type JobOrder, jobManifest } from './resources/job.ts'

/**
 * Makes (or adopts) the Job of one attempt and leaves: the shared watch completes the activity by its token,
 * which it finds on the Job. Throws at once what needs no waiting: a refusal, or a Job that was deleted.
 *
 * It does not heartbeat: a job of a second would pay a write in Temporal for it. Until the watch vouches for the
 * first time, the Job itself shows that somebody works on this.
 */
export async function runJob(deps: ActivityDeps, order: JobOrder): Promise<Outcome> {
  const { taskToken, heartbeatDetails, attempt: tryNumber } = activityInfo()
  const token = Buffer.from(taskToken).toString('base64')
  const { run, attempt } = order
  await refuseUnwanted(deps.kube, run, [attempt])
  // Details of an earlier try mean that the Job was made: if it is not there any more, somebody deleted it.
  const made = await createOrAdopt(
    deps.kube,
    jobManifest(order, deps, { token, tryNumber }),
    heartbeatDetails !== undefined,
  )
  if ('outcome' in made) throw outcomeFailure(made.outcome)
  throw new CompleteAsyncError()
}
