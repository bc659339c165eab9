/**
 * Operations: what Millrace can be asked to do, one verb per file, whichever door the question came through.
 *
 * Every operation takes `{ deps, actor, input }` and gives plain data. This file names what they need of the
 * world; the adapters are src/kubernetes (stored objects, logs, tokens of pods) and src/temporal (runs), and tests or other
 * front doors may bring their own. Nothing here knows HTTP, gRPC or an API server's wire.
 *
 * There is no transaction over Kubernetes and Temporal, so every operation is a sequence of steps that may be
 * cut off anywhere and repeated from the beginning. What holds that together: the object comes first and its
 * uid makes the run's id; a run of that id can start once; the started mark is written last and is the reason
 * never to start again. Whoever repeats a request, or another process, goes on from what it finds.
 *
 * How it fails: what is wrong with one document is data in its result. AppError is for the call as a whole, its
 * code says what the caller can do, its message is made for the caller and its cause for the log. Anything else
 * that is thrown is a bug.
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
