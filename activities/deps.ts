import type { DeploymentTracker } from '../src/jobs/tracker/deployment-tracker.ts'
import type { JobTracker } from '../src/jobs/tracker/job-tracker.ts'
import type { SignalBatcher } from '../src/jobs/tracker/signal-batcher.ts'
import type { Kube } from '../src/kubernetes/client/client.ts'
import type { FireOrder, NotPrepared, PreparedRun } from '../src/model/messages.ts'
import type { RunRef } from '../src/model/run-id.ts'

/** What activities work with. */
export interface ActivityDeps {
  kube: Kube
  attempts: JobTracker
  services: DeploymentTracker
  signalBatcher: SignalBatcher
  launcher: Launcher
  /** Value of the instance label on everything that is made. */
  instance: string
  /** Where pods reach our API, if they can. */
  jobsUrl?: string
}

/** Runs of a schedule, which are made here and not by a request. Both may be repeated. */
export interface Launcher {
  /** Stores the run object of one fire and says what its workflow is given; or why there is nothing to run. */
  prepare(order: FireOrder): Promise<PreparedRun | NotPrepared>
  /** The workflow was started: it never is again. */
  started(run: RunRef): Promise<void>
}
