import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import type { ScheduleRef, ScheduleView } from '../ports/schedules.ts'

/** The schedule of a Pipeline. AppError `not-found` when it has none. */
export async function getSchedule({ deps, input }: Call<ScheduleRef>): Promise<ScheduleView> {
  const view = await deps.schedules.get(input)
  if (!view) throw noSuchSchedule(input)
  return view
}

export const noSuchSchedule = ({ namespace, name }: ScheduleRef): AppError =>
  new AppError(
    'not-found',
    `Pipeline ${namespace}/${name} has no schedule: set its spec.strategy.cronExpression (only with a batchJob).`,
  )
