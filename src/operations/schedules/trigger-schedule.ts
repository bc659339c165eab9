import type { Call } from '../call.ts'
import type { ScheduleRef } from '../ports/schedules.ts'
import { noSuchSchedule } from './get-schedule.ts'

/** Fires once now, whatever the overlap policy. AppErrors: `not-found`, `conflict` if no fire shows. */
export async function triggerSchedule({ deps, input }: Call<ScheduleRef>): Promise<ScheduleRef> {
  const { namespace, name } = input
  if (!(await deps.schedules.trigger(input))) throw noSuchSchedule(input)
  return { namespace, name }
}
