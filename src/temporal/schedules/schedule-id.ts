import type { ScheduleRef } from '../../operations/ports/schedules.ts'

const PREFIX = 'pipeline'

/** Readable and derived from the Pipeline, so that nothing keeps a table of schedules. */
export const scheduleId = ({ namespace, name }: ScheduleRef): string => `${PREFIX}/${namespace}/${name}`

/** Workflow id of its fires. Temporal appends `-` and the scheduled time, to the second. */
export const fireId = ({ namespace, name }: ScheduleRef): string => `fire/${namespace}/${name}`

/** undefined when the id is not one of ours: the Temporal namespace may hold other schedules. */
export function parseScheduleId(id: string): ScheduleRef | undefined {
  const [prefix, namespace, name, ...rest] = id.split('/')
  if (prefix !== PREFIX || !namespace || !name || rest.length > 0) return undefined
  return { namespace, name }
}
