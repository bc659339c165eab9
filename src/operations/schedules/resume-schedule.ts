import type { Call } from '../call.ts'
import type { ScheduleView } from '../ports/schedules.ts'
import { getSchedule, noSuchSchedule } from './get-schedule.ts'
import { noteOf, type PauseScheduleInput } from './pause-schedule.ts'

/** From now on it fires again; what it has left out is for a backfill to make up. AppError `not-found`. */
export async function resumeSchedule({
  deps,
  actor,
  input,
}: Call<PauseScheduleInput>): Promise<ScheduleView> {
  const { reason, ...ref } = input
  if (!(await deps.schedules.resume(ref, noteOf('Resumed', actor, reason)))) throw noSuchSchedule(ref)
  return getSchedule({ deps, actor, input: ref })
}
