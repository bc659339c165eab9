import { type ScheduleDescription, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client'
import type { ScheduleRef } from '../../operations/ports/schedules.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'
import { scheduleId } from './schedule-id.ts'

/**
 * The schedule; undefined when there is none. After a change it is a barrier too: the server answers when it
 * has processed everything that came before.
 */
export async function describeSchedule(
  temporal: Temporal,
  ref: ScheduleRef,
): Promise<ScheduleDescription | undefined> {
  let description: ScheduleDescription | undefined
  await changeSchedule(
    temporal,
    ref,
    async (handle) => {
      description = await handle.describe()
    },
    deadlines.scheduleMs,
  )
  return description
}

/** False when there is no such schedule. */
export async function changeSchedule(
  { connection, client }: Temporal,
  ref: ScheduleRef,
  change: (handle: ScheduleHandle) => Promise<void>,
  timeoutMs: number = deadlines.scheduleMs,
): Promise<boolean> {
  const handle = client.schedule.getHandle(scheduleId(ref))
  try {
    await callTemporal(connection, timeoutMs, () => change(handle))
    return true
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false
    throw error
  }
}
