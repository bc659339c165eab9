/**
 * Operations: what Millrace can do, one verb per file. Every entry point (HTTP requests, schedules) uses
 * them.
 *
 * Every operation takes `{ deps, actor, input }` and returns plain data. `Deps` lists what operations need
 * from outside (ports/). The implementations are src/kubernetes (stored objects, logs, pod tokens) and
 * src/temporal (runs, schedules); tests may bring their own. Nothing here knows HTTP, gRPC or the API
 * server's wire format.
 *
 * No transaction spans Kubernetes and Temporal. So every operation is a sequence of steps that may be cut off
 * anywhere and repeated from the start. Three rules make this safe. The object is stored first, and its uid
 * is part of the run id. A run id can be started once. The started annotation is written last, and a run that
 * has it is never started again. A repeated request, or another process, continues from what it finds.
 *
 * How it fails: what is wrong with one document is data in its result. AppError is for the call as a whole.
 * Its code says what the caller can do, its message is for the caller, its cause is for the log. Any other
 * exception is a bug.
 */

import type { Catalog } from './ports/catalog.ts'
import type { Identity } from './ports/identity.ts'
import type { Logs } from './ports/logs.ts'
import type { Runs } from './ports/runs.ts'
import type { Schedules } from './ports/schedules.ts'
import type { Settings } from './ports/settings.ts'

export interface Deps {
  catalog: Catalog
  runs: Runs
  logs: Logs
  identity: Identity
  settings: Settings
  schedules: Schedules
}
