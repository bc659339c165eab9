import { inParallel } from '../../lib/in-parallel.ts'
import { definitionTypes } from '../../manifests/kinds/kinds.ts'
import type { Deps } from '../deps.ts'
import type { ScheduleRef } from '../ports/schedules.ts'
import { syncSchedule } from './sync-schedule.ts'

/** Each costs one or two calls; more in parallel would only queue. */
const MAX_PARALLEL = 4

/**
 * Syncs the schedules of all Pipelines, and removes schedules without a Pipeline. A failure is reported to
 * `onError` and does not stop the others.
 */
export async function syncSchedules(
  deps: Pick<Deps, 'catalog' | 'schedules' | 'settings'>,
  onError: (ref: ScheduleRef, error: unknown) => void,
): Promise<void> {
  const pipelines = await deps.catalog.list(definitionTypes.Pipeline)
  const refs = new Map<string, ScheduleRef>()
  const add = ({ namespace, name }: ScheduleRef): void => {
    refs.set(`${namespace}/${name}`, { namespace, name })
  }
  for (const { metadata, spec } of pipelines) if (spec.strategy !== undefined) add(metadata)
  for (const ref of await deps.schedules.list({})) add(ref)
  await inParallel([...refs.values()], MAX_PARALLEL, async (ref) => {
    try {
      await syncSchedule(deps, ref)
    } catch (error) {
      onError(ref, error)
    }
  })
}
