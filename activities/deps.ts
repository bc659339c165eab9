import type { Kube } from '../src/kube/client.ts'
import type { FireOrder, NotPrepared, PreparedRun } from '../workflows/messages.ts'
import type { RunRef } from '../workflows/names.ts'
import type { Attempts } from './watch/attempts.ts'
import type { Courier } from './watch/courier.ts'
import type { Services } from './watch/services.ts'

/** What activities work with. */
export interface ActivityDeps {
  kube: Kube
  attempts: Attempts
  services: Services
  courier: Courier
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
