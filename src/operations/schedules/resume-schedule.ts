import type { Call } from '../call.ts'
import type { ScheduleView } from '../ports/schedules.ts'
import { getSchedule, noSuchSchedule } from './get-schedule.ts'
import { noteOf, type PauseScheduleInput } from './pause-schedule.ts'

/** Resumes a schedule. Fires missed during the pause are left to a backfill. AppError `not-found`. */
export async function resumeSchedule({
  deps,
  actor,
  input,
}: Call<PauseScheduleInput>): Promise<ScheduleView> {
  const { reason, ...ref } = input
  if (!(await deps.schedules.resume(ref, noteOf('Resumed', actor, reason)))) throw noSuchSchedule(ref)
  return getSchedule({ deps, actor, input: ref })
}
