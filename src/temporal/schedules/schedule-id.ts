import { definitionTypes } from '../../manifests/kinds/kinds.ts'
import { groupKind } from '../../manifests/type-meta.ts'
import type { ScheduleRef } from '../../operations/ports/schedules.ts'

const PREFIX = groupKind(definitionTypes.Pipeline)

/** Readable and derived from the Pipeline, so that nothing keeps a table of schedules. */
export const scheduleId = ({ namespace, name }: ScheduleRef): string => `${PREFIX}/${namespace}/${name}`

/** Id of the workflow that it starts. Temporal appends `-` and the scheduled time, to the second. */
export const scheduledWorkflowId = (ref: ScheduleRef): string => `scheduled-run/${scheduleId(ref)}`

/** undefined when the id is not one of ours: the Temporal namespace may hold other schedules. */
export function parseScheduleId(id: string): ScheduleRef | undefined {
  const [prefix, namespace, name, ...rest] = id.split('/')
  if (prefix !== PREFIX || !namespace || !name || rest.length > 0) return undefined
  return { namespace, name }
}
