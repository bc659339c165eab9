import { setTimeout as sleep } from 'node:timers/promises'
import type { ScheduleDescription } from '@temporalio/client'
import { retryOnConflict } from '../../lib/retry-on-conflict.ts'
import type { OverlapPolicy } from '../../model/schedule-spec.ts'
import { AppError } from '../../operations/app-error.ts'
import type { ScheduleRef } from '../../operations/ports/schedules.ts'
import type { Temporal } from '../temporal.ts'
import { changeSchedule, describeSchedule } from './call-schedule.ts'
import { overlapOf } from './schedule-options.ts'

/** A fire usually shows in the next answer. A busy server may need this long. */
const FIRED_WITHIN_MS = 3_000

/**
 * False when there is no such schedule. The note says who did it, and why. Of two patches at the same moment
 * only one holds; the other is sent again.
 */
export async function setPaused(
  temporal: Temporal,
  ref: ScheduleRef,
  isPaused: boolean,
  note: string,
): Promise<boolean> {
  const isPatched = await retryOnConflict(async () => {
    const isThere = await changeSchedule(temporal, ref, (handle) =>
      isPaused ? handle.pause(note) : handle.unpause(note),
    )
    const now = isThere ? await describeSchedule(temporal, ref) : undefined
    return !now || now.state.paused === isPaused ? now !== undefined : undefined
  })
  if (isPatched !== undefined) return isPatched
  throw new AppError(
    'conflict',
    `${describe(ref)} keeps being paused or resumed by another client: find out which one, and try again.`,
  )
}

/** AppError `conflict` when no new fire shows up. It may only be late, so the trigger is not repeated. */
export async function triggerSchedule(temporal: Temporal, ref: ScheduleRef): Promise<boolean> {
  const before = await describeSchedule(temporal, ref)
  if (!before) return false
  await untilOwnSecond(before)
  if (!(await changeSchedule(temporal, ref, (handle) => handle.trigger('ALLOW_ALL')))) return false
  const giveUpAt = Date.now() + FIRED_WITHIN_MS
  do {
    const now = await describeSchedule(temporal, ref)
    if (!now || now.info.numActionsTaken > before.info.numActionsTaken) return now !== undefined
    await sleep(200)
  } while (Date.now() < giveUpAt)
  throw new AppError(
    'conflict',
    `${describe(ref)} has not fired: another request for it arrived in the same second. Check its latest fires, and try again.`,
  )
}

/** A fire's id ends with its second, and the server drops a duplicate id. So wait for the next second. */
async function untilOwnSecond({ info }: ScheduleDescription): Promise<void> {
  const latest = Math.max(...info.recentActions.map(({ scheduledAt }) => scheduledAt.getTime()))
  const leftMs = latest + 1_000 - Date.now()
  if (leftMs > 0 && leftMs <= 1_000) await sleep(leftMs)
}

/** Both ends are included, and rounded inward to whole seconds, at which fires are due. */
export async function backfillSchedule(
  temporal: Temporal,
  ref: ScheduleRef,
  { start, end, overlap }: { start: string; end: string; overlap?: OverlapPolicy },
): Promise<boolean> {
  const wholeSeconds = (round: (seconds: number) => number, time: string): number =>
    round(Date.parse(time) / 1_000) * 1_000
  const isThere = await changeSchedule(temporal, ref, (handle) =>
    handle.backfill({
      // Older servers exclude the start. One millisecond earlier includes it on all servers.
      start: new Date(wholeSeconds(Math.ceil, start) - 1),
      end: new Date(wholeSeconds(Math.floor, end)),
      ...(overlap === undefined ? {} : { overlap: overlapOf[overlap] }),
    }),
  )
  return isThere && (await describeSchedule(temporal, ref)) !== undefined
}

const describe = ({ namespace, name }: ScheduleRef): string => `The schedule of Pipeline ${namespace}/${name}`
