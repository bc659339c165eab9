import { activityInfo, CompleteAsyncError } from '@temporalio/activity'
import { outcomeFailure } from '../src/jobs/outcome-failure.ts'
import type { Outcome } from '../src/model/outcome.ts'
import { createOrAdopt } from './create-or-adopt.ts'
import type { ActivityDeps } from './deps.ts'
import { refuseUnwanted } from './is-unwanted.ts'
import { type JobOrder, jobManifest } from './resources/job.ts'

/**
 * Creates (or adopts) the Job of one attempt and returns: the job informers find the task token on the Job
 * and complete the activity. Throws at once what needs no waiting: a refusal, or a Job that was deleted.
 *
 * It does not heartbeat: for a job of one second that would cost a write in Temporal. Until the informers
 * send the first heartbeat, the Job itself shows that the attempt is in progress.
 */
export async function runJob(deps: ActivityDeps, order: JobOrder): Promise<Outcome> {
  const { taskToken, heartbeatDetails, attempt: tryNumber } = activityInfo()
  const token = Buffer.from(taskToken).toString('base64')
  const { run, attempt } = order
  await refuseUnwanted(deps.kube, run, [attempt])
  // Details of an earlier try prove that the Job was created: if it is missing, somebody deleted it.
  const made = await createOrAdopt(
    deps.kube,
    jobManifest(order, deps, { token, tryNumber }),
    heartbeatDetails !== undefined,
  )
  if ('outcome' in made) throw outcomeFailure(made.outcome)
  throw new CompleteAsyncError()
}
