import type { ScheduleDescription } from '@temporalio/client'
// The only module of the SDK that makes the 64-bit seconds of its request types.
import { msNumberToTs, tsToDate } from '@temporalio/common/lib/time.js'
import { overlapPolicies } from '../../model/schedule-spec.ts'
import type { ScheduleRef, ScheduleView } from '../../operations/ports/schedules.ts'
import { callTemporal, deadlines, isNotFound } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'
import { scheduleUrl } from '../temporal-url.ts'
import { describeSchedule } from './call-schedule.ts'
import { scheduleId } from './schedule-id.ts'
import { CRON_MEMO, overlapOf } from './schedule-options.ts'

/** As many as fit on one line. */
const NEXT_FIRES = 5
/** Ten years: leap days are at most eight years apart. */
const SEARCH_MS = 10 * 366 * 86_400_000

/** undefined: no such schedule. Temporal deletes an expired one a week after its last fire or change. */
export async function readSchedule(temporal: Temporal, ref: ScheduleRef): Promise<ScheduleView | undefined> {
  const description = await describeSchedule(temporal, ref)
  return description && toView(temporal, ref, description, await nextFires(temporal, description))
}

function toView(
  temporal: Temporal,
  ref: ScheduleRef,
  { action, info, policies, spec, state }: ScheduleDescription,
  next: Date[],
): ScheduleView {
  const cron = action.memo?.[CRON_MEMO]
  return {
    ...ref,
    cron: typeof cron === 'string' ? cron : '',
    timeZone: spec.timezone || 'UTC',
    ...(spec.endAt ? { expiresAt: new Date(spec.endAt.getTime() + 1).toISOString() } : {}),
    // Terminating was set by hand: it is not one of our policies, and the next sync undoes it.
    overlap: overlapPolicies.find((each) => overlapOf[each] === policies.overlap) ?? 'cancelOther',
    catchUpWindowMs: policies.catchupWindow,
    phase: next.length === 0 ? 'Expired' : state.paused ? 'Paused' : 'Active',
    ...(state.note ? { note: state.note } : {}),
    nextFires: next.map((time) => time.toISOString()),
    recentFires: info.recentActions.map(({ scheduledAt, takenAt }) => ({
      scheduledAt: scheduledAt.toISOString(),
      startedAt: takenAt.toISOString(),
    })),
    missedFires: info.numActionsMissedCatchupWindow,
    skippedFires: info.numActionsSkippedOverlap,
    temporalUrl: scheduleUrl(temporal, scheduleId(ref)),
  }
}

/**
 * The server counts from the last fire it has processed, and processes none while paused. So its times may
 * all be in the past although more are to come.
 */
async function nextFires(temporal: Temporal, { info, scheduleId: id }: ScheduleDescription): Promise<Date[]> {
  const told = info.nextActionTimes
  const coming = told.filter((time) => time.getTime() > Date.now()).slice(0, NEXT_FIRES)
  return coming.length === Math.min(told.length, NEXT_FIRES) ? coming : await matchingTimes(temporal, id)
}

async function matchingTimes({ connection, namespace }: Temporal, id: string): Promise<Date[]> {
  const now = Date.now()
  try {
    const { startTime } = await callTemporal(connection, deadlines.scheduleMs, () =>
      connection.workflowService.listScheduleMatchingTimes({
        namespace,
        scheduleId: id,
        startTime: msNumberToTs(now),
        endTime: msNumberToTs(now + SEARCH_MS),
      }),
    )
    return startTime.slice(0, NEXT_FIRES).map(tsToDate)
  } catch (error) {
    // Removed since it was described.
    if (isNotFound(error)) return []
    throw error
  }
}
