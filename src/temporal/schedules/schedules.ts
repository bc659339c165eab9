/**
 * Schedules in Temporal: the implementation of the port `Schedules`.
 *
 * A Pipeline has at most one schedule, whose id is derived from the Pipeline's name. At each of its times it
 * starts a workflow that makes a run object and runs it. So no process of ours has to be up at that time: a
 * late fire is made up for within the catch-up window. Everything that was asked for is stored in the
 * schedule and read back from it (the cron text, which Temporal does not keep, from the memo of the fires).
 * Comparing the two shows whether the schedule is up to date, also after a change in Temporal's Web UI.
 *
 * What to know about the server (1.29): a schedule is a workflow, and changes are signals to it. They are
 * accepted before they are applied, so every change is followed by a read. Of several patches (pause, resume,
 * trigger, backfill) that arrive between two of its workflow tasks it keeps only the last. So ours are sent
 * one at a time, each after the one before was applied. A schedule with no fires left is accepted and can be
 * read. Temporal deletes it a week after its last fire or change, and the next sync creates it again.
 *
 * How it fails: as runs do (../runs/runs.ts). A time zone that Temporal does not know is AppError `invalid`.
 * Pauses and triggers are verified, or reported as AppError `conflict`. One case is open: a backfill by one
 * process may be lost when another process patches at the same moment.
 */
import { Client } from '@temporalio/client'
import { createKeyedMutex } from '../../lib/keyed-mutex.ts'
import type { Schedules } from '../../operations/ports/schedules.ts'
import type { Temporal, TemporalDeps } from '../temporal.ts'
import { changeSchedule } from './call-schedule.ts'
import { ensureSchedule } from './ensure-schedule.ts'
import { listSchedules } from './list-schedules.ts'
import { backfillSchedule, setPaused, triggerSchedule } from './patch-schedule.ts'
import { readSchedule } from './read-schedule.ts'
import { scheduleId } from './schedule-id.ts'

export function createSchedules(deps: TemporalDeps): Schedules {
  const temporal: Temporal = {
    ...deps,
    client: new Client({ connection: deps.connection, namespace: deps.namespace }),
  }
  const inTurn = createKeyedMutex()
  return {
    ensure: (ref, spec) => ensureSchedule(temporal, ref, spec),
    remove: (ref) => changeSchedule(temporal, ref, (handle) => handle.delete()),
    get: (ref) => readSchedule(temporal, ref),
    list: (filter) => listSchedules(temporal, filter),
    pause: (ref, note) => inTurn(scheduleId(ref), () => setPaused(temporal, ref, true, note)),
    resume: (ref, note) => inTurn(scheduleId(ref), () => setPaused(temporal, ref, false, note)),
    trigger: (ref) => inTurn(scheduleId(ref), () => triggerSchedule(temporal, ref)),
    backfill: (ref, range) => inTurn(scheduleId(ref), () => backfillSchedule(temporal, ref, range)),
  }
}
