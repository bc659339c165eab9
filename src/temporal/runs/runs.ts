/**
 * Runs as Temporal holds them: the adapter behind the port `Runs`.
 *
 * One run is one workflow whose id is readable and a function of the run object, so nothing here keeps a
 * table of its own: starting with reject-duplicate is the whole of "never twice", describing a workflow is
 * the whole of "how is it". A closed run is read from its last event and needs no worker. An open one is
 * asked by query, which a worker must answer; when none does, the caller still gets a phase, from the
 * execution's status and search attributes, and a message that says why there is no more.
 *
 * What a cluster sees of a waiting attempt (why it does not run, on which node) travels in heartbeats and
 * never enters history; `mergeLiveStatus` lays it over the status at reading time.
 *
 * How it fails: every call has a deadline of a few seconds, because a client without one waits for ever.
 * Unreachable, overloaded or not set up (no namespace, no search attributes) is AppError `unavailable`, whose
 * message says which. A deadline that strikes during `start` leaves open whether the run was started: asking
 * again answers `exists` if it was.
 */

import { Client } from '@temporalio/client'
import type { Runs } from '../../operations/ports/runs.ts'
import { ping } from '../ping.ts'
import type { Temporal, TemporalDeps } from '../temporal.ts'
import { cancelRun } from './cancel-run.ts'
import { listRuns } from './list-runs.ts'
import { readRun } from './read-run.ts'
import { readInput, recordOutput } from './record-output.ts'
import { runEnded } from './run-ended.ts'
import { prepareRun, startRun } from './start-run.ts'

export function createRuns(deps: TemporalDeps): Runs {
  const temporal: Temporal = {
    ...deps,
    client: new Client({ connection: deps.connection, namespace: deps.namespace }),
  }
  return {
    start: (start) => startRun(temporal, start),
    prepare: (start) => prepareRun(temporal, start),
    get: (id) => readRun(temporal, id),
    list: (filter, page) => listRuns(temporal, filter, page),
    cancel: (id) => cancelRun(temporal, id),
    ended: (id, timeoutMs) => runEnded(temporal, id, timeoutMs),
    input: (id, node) => readInput(temporal, id, node),
    recordOutput: (id, message) => recordOutput(temporal, id, message),
    ping: () => ping(temporal),
  }
}
