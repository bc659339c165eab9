import type { ScheduleRef } from '../../operations/ports/schedules.ts'

const PREFIX = 'pipeline'

/** Readable and a function of the Pipeline, so that nothing keeps a table of schedules. */
export const scheduleId = ({ namespace, name }: ScheduleRef): string => `${PREFIX}/${namespace}/${name}`

/** Of the workflows that it starts; Temporal puts `-` and the time that a fire was due, to the second, behind it. */
export const fireId = ({ namespace, name }: ScheduleRef): string => `fire/${namespace}/${name}`

/** undefined when the id is not of our making: others may keep schedules in the same namespace of Temporal. */
export function parseScheduleId(id: string): ScheduleRef | undefined {
  const [prefix, namespace, name, ...rest] = id.split('/')
  if (prefix !== PREFIX || !namespace || !name || rest.length > 0) return undefined
  return { namespace, name }
}
