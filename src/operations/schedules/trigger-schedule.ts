import type { Call } from '../call.ts'
import type { ScheduleRef } from '../ports/schedules.ts'
import { noSuchSchedule } from './get-schedule.ts'

/** One fire now, whatever else is under way. AppErrors: `not-found`, `conflict` when none is to be seen. */
export async function triggerSchedule({ deps, input }: Call<ScheduleRef>): Promise<ScheduleRef> {
  const { namespace, name } = input
  if (!(await deps.schedules.trigger(input))) throw noSuchSchedule(input)
  return { namespace, name }
}
