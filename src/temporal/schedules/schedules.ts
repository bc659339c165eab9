/**
 * Schedules as Temporal holds them: the adapter behind the port `Schedules`.
 *
 * One Pipeline has at most one schedule, whose id is a function of the Pipeline's name. At each of its times it
 * starts the workflow that makes and runs a run object, so nothing of ours has to be up for a time to be noted, and
 * a fire that comes late is made up for within the catch-up window. All that was asked for stands in the schedule
 * itself and is read back from there (the cron text, which Temporal does not keep, from the fires' memo): comparing
 * the two is the whole of "is it up to date", also after somebody changed it in Temporal's Web UI.
 *
 * What must be known of the server (1.29): a schedule is a workflow, and changes are signals to it. They are
 * accepted before they are made, so whoever changes one looks again. Of several patches (pause, resume, trigger,
 * backfill) that come between two of its turns it keeps only the last one; so ours go one at a time, each waiting
 * until the one before was taken in. A schedule that has nothing more to fire is accepted, can be read, and is dropped
 * by Temporal a week after its last fire or change; who compares schedules with Pipelines makes it anew.
 *
 * How it fails: as runs do (runs.ts). A time zone that Temporal does not know is AppError `invalid`. What is left
 * open: a backfill through one process at the very moment of a patch through another may be lost; pauses and triggers
 * are seen to hold, or told as AppError `conflict`.
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
