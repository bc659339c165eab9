import { inParallel } from '../../lib/in-parallel.ts'
import type { Call } from '../call.ts'
import type { ScheduleView } from '../ports/schedules.ts'

/** Each costs a call to Temporal, which answers a few hundred per second. */
const MAX_PARALLEL = 8

export interface ListSchedulesInput {
  /** Default: all namespaces. */
  namespace?: string
}

/** Sorted by namespace and name. A new schedule shows up after a moment. */
export async function listSchedules({ deps, input }: Call<ListSchedulesInput>): Promise<ScheduleView[]> {
  const refs = await deps.schedules.list(input)
  const views = new Map<number, ScheduleView>()
  await inParallel([...refs.entries()], MAX_PARALLEL, async ([index, ref]) => {
    const view = await deps.schedules.get(ref)
    if (view) views.set(index, view)
  })
  return refs.flatMap((_, index) => views.get(index) ?? [])
}
