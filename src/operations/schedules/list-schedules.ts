import { inParallel } from '../../lib/in-parallel.ts'
import type { Call } from '../call.ts'
import type { ScheduleView } from '../ports/schedules.ts'

/** Each costs a question to Temporal, which answers some hundred a second. */
const MAX_PARALLEL = 8

export interface ListSchedulesInput {
  /** Without it, all namespaces. */
  namespace?: string
}

/** By namespace and name. A new one shows up a moment after it was made. */
export async function listSchedules({ deps, input }: Call<ListSchedulesInput>): Promise<ScheduleView[]> {
  const refs = await deps.schedules.list(input)
  const views = new Map<number, ScheduleView>()
  await inParallel([...refs.entries()], MAX_PARALLEL, async ([index, ref]) => {
    const view = await deps.schedules.get(ref)
    if (view) views.set(index, view)
  })
  return refs.flatMap((_, index) => views.get(index) ?? [])
}
