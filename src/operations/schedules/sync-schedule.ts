import { toSchedule } from '../../compiler/formats/pipeline/schedule.ts'
import type { Deps } from '../deps.ts'
import { readStored } from '../manifests/read-stored.ts'
import type { ScheduleRef } from '../ports/schedules.ts'

type SyncDeps = Pick<Deps, 'catalog' | 'schedules' | 'settings'>

/**
 * Makes the schedule of a Pipeline what the stored Pipeline says, or removes it. Whoever changes a Pipeline calls
 * it, and every worker does for all of them now and then: a crash between the two, or a change past our door,
 * is made good. A Pipeline that cannot be read keeps the schedule it has (`none`).
 */
export async function syncSchedule(
  { catalog, schedules, settings }: SyncDeps,
  ref: ScheduleRef,
): Promise<'created' | 'configured' | 'unchanged' | 'removed' | 'none'> {
  const object = await catalog.get({ kind: 'Pipeline', ...ref })
  const remove = async () => ((await schedules.remove(ref)) ? 'removed' : 'none')
  if (!object || object.metadata.deletionTimestamp) return remove()
  const { manifest } = readStored(object)
  if (manifest?.kind !== 'Pipeline') return 'none'
  const { schedule, issues } = toSchedule(manifest, settings)
  if (issues.length > 0) return 'none'
  return schedule ? schedules.ensure(ref, schedule) : remove()
}
