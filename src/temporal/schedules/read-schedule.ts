import { isGrpcServiceError, type ScheduleDescription } from '@temporalio/client'
// The only place where the SDK makes the 64-bit seconds that its own requests are typed with.
import { msNumberToTs, tsToDate } from '@temporalio/common/lib/time.js'
import { overlapPolicies } from '../../model/schedule-spec.ts'
import type { ScheduleRef, ScheduleView } from '../../operations/ports/schedules.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'
import { scheduleUrl } from '../temporal-url.ts'
import { grpcStatus } from '../wire.ts'
import { describeSchedule } from './call-schedule.ts'
import { scheduleId } from './schedule-id.ts'
import { CRON_MEMO, overlapOf } from './schedule-options.ts'

/** As many as a person reads in a line. */
const NEXT_FIRES = 5
/** Ten years: between two leap days lie eight at most. */
const SEARCH_MS = 10 * 366 * 86_400_000

/** undefined: no such schedule. One that has expired is there for a week after its last fire or change, then Temporal drops it. */
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
    // Terminating is not among ours; somebody set it by hand, and the next comparison with the Pipeline undoes it.
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
 * The server counts on from the last fire that it has dealt with, and deals with none while paused: what it tells
 * then may lie in the past altogether, although there is more to come.
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
    if (isGrpcServiceError(error) && error.code === grpcStatus.notFound) return []
    throw error
  }
}
