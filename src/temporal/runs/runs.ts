/**
 * Runs in Temporal: the implementation of the port `Runs`.
 *
 * One run is one workflow. Its id is readable and derived from the run object, so nothing here keeps a table.
 * Starting with reject-duplicate keeps a run from starting twice. Describing the workflow gives its state. A
 * closed run is read from its last event and needs no worker. An open run is queried, which needs a worker.
 * When none answers, the caller still gets a phase, from the execution's status and search attributes, and a
 * message that says why there is no more.
 *
 * The live state of an open attempt (why it is waiting, on which cluster node) comes in heartbeats and is
 * never part of the history. `mergeLiveStatus` merges it into the status on each read.
 *
 * How it fails: every call has a deadline of a few seconds, because a client without one waits for ever.
 * Unreachable, overloaded or not set up (no namespace, no search attributes) is AppError `unavailable`, whose
 * message says which. After a timeout of `start` the run may or may not be started. Starting it again answers
 * `exists` if it was.
 */

import { Client } from '@temporalio/client'
import type { Runs } from '../../operations/ports/runs.ts'
import { ping } from '../ping.ts'
import type { Temporal, TemporalDeps } from '../temporal.ts'
import { cancelRun } from './cancel-run.ts'
import { listRuns } from './read/list-runs.ts'
import { readInput } from './read/read-input.ts'
import { readRun } from './read/read-run.ts'
import { recordOutput } from './record-output.ts'
import { runEnded } from './run-ended.ts'
import { startRun, toStartOptions } from './start-run.ts'

export function createRuns(deps: TemporalDeps): Runs {
  const temporal: Temporal = {
    ...deps,
    client: new Client({ connection: deps.connection, namespace: deps.namespace }),
  }
  return {
    start: (start) => startRun(temporal, start),
    toStartOptions: (start) => toStartOptions(temporal, start),
    get: (id) => readRun(temporal, id),
    list: (filter, page) => listRuns(temporal, filter, page),
    cancel: (id) => cancelRun(temporal, id),
    ended: (id, timeoutMs) => runEnded(temporal, id, timeoutMs),
    input: (id, node) => readInput(temporal, id, node),
    recordOutput: (id, message) => recordOutput(temporal, id, message),
    ping: () => ping(temporal),
  }
}
