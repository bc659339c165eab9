import { toSchedule } from '../../compiler/formats/pipeline/schedule.ts'
import { definitionTypes } from '../../manifests/kinds/kinds.ts'
import type { Deps } from '../deps.ts'
import { readStored } from '../manifests/read-stored.ts'
import type { ScheduleRef } from '../ports/schedules.ts'

type SyncDeps = Pick<Deps, 'catalog' | 'schedules' | 'settings'>

/**
 * Makes the schedule of a Pipeline match the stored Pipeline, or removes it. Every change of a Pipeline calls
 * it, and the workers of the current build call it regularly for all Pipelines. That repairs a crash between
 * the two writes, and a change made outside the API. A Pipeline that cannot be read keeps its schedule
 * (`none`).
 */
export async function syncSchedule(
  { catalog, schedules, settings }: SyncDeps,
  ref: ScheduleRef,
): Promise<'created' | 'configured' | 'unchanged' | 'removed' | 'none'> {
  const object = await catalog.get({ ...definitionTypes.Pipeline, ...ref })
  const remove = async () => ((await schedules.remove(ref)) ? 'removed' : 'none')
  if (!object || object.metadata.deletionTimestamp) return remove()
  const { manifest } = readStored(object)
  if (manifest?.kind !== 'Pipeline') return 'none'
  const { schedule, issues } = toSchedule(manifest, settings)
  if (issues.length > 0) return 'none'
  return schedule ? schedules.ensure(ref, schedule) : remove()
}
