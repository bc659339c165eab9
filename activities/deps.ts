import type { SignalBatcher } from '../src/jobs/report/signal-batcher.ts'
import type { DeploymentTracker } from '../src/jobs/tracker/deployment-tracker.ts'
import type { JobTracker } from '../src/jobs/tracker/job-tracker.ts'
import type { Kube } from '../src/kubernetes/client/client.ts'
import type { NotStarted, RunStartOptions, ScheduledRunRequest } from '../src/model/messages/scheduled-run.ts'
import type { RunRef } from '../src/model/run-id.ts'

/** Dependencies of the activities. */
export interface ActivityDeps {
  kube: Kube
  attempts: JobTracker
  services: DeploymentTracker
  signalBatcher: SignalBatcher
  scheduledRuns: ScheduledRuns
  /** Value of the instance label on every created object. */
  instance: string
  /** URL of our API for pods, if they can reach it. */
  jobsUrl?: string
}

/** Creates the runs of schedules, which no request starts. Both methods may be repeated. */
export interface ScheduledRuns {
  /** Stores the run object of one scheduled run; returns the input of its workflow, or why nothing runs. */
  create(request: ScheduledRunRequest): Promise<RunStartOptions | NotStarted>
  /** Marks the run object as started, so that it is not started again. False when it is deleted. */
  markStarted(run: RunRef): Promise<boolean>
}
