import { setTimeout as sleep } from 'node:timers/promises'
import type { ScheduleDescription } from '@temporalio/client'
import type { OverlapPolicy } from '../../model/schedule-spec.ts'
import { AppError } from '../../operations/app-error.ts'
import type { ScheduleRef } from '../../operations/ports/schedules.ts'
import type { Temporal } from '../temporal.ts'
import { changeSchedule, describeSchedule } from './call-schedule.ts'
import { overlapOf } from './schedule-options.ts'

/** Another process may have patched at the same moment, and then only one of the two holds; who loses tries again. */
const MAX_TRIES = 5
/** A fire is there with the answer to the next question as a rule; a server that is busy may need this long. */
const FIRED_WITHIN_MS = 3_000

/** False when there is no such schedule. The note says why, and by whom. */
export async function setPaused(
  temporal: Temporal,
  ref: ScheduleRef,
  isPaused: boolean,
  note: string,
): Promise<boolean> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const isThere = await changeSchedule(temporal, ref, (handle) =>
      isPaused ? handle.pause(note) : handle.unpause(note),
    )
    const now = isThere ? await describeSchedule(temporal, ref) : undefined
    if (!now || now.state.paused === isPaused) return now !== undefined
  }
  throw new AppError(
    'conflict',
    `${describe(ref)} keeps being paused or resumed by somebody else: look who does, and try again.`,
  )
}

/** AppError `conflict` when no new fire is to be seen: it is not asked for again, because it may only be late. */
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
    `${describe(ref)} has not fired: something else was asked of it in the same second. Look at its latest fires, and try again.`,
  )
}

/** The id of a fire ends in the second that it was due at, and of two with the same id the later one is dropped. */
async function untilOwnSecond({ info }: ScheduleDescription): Promise<void> {
  const latest = Math.max(...info.recentActions.map(({ scheduledAt }) => scheduledAt.getTime()))
  const leftMs = latest + 1_000 - Date.now()
  if (leftMs > 0 && leftMs <= 1_000) await sleep(leftMs)
}

/** Both ends are in it. Fires are due at whole seconds, to which the ends are cut. */
export async function backfillSchedule(
  temporal: Temporal,
  ref: ScheduleRef,
  { start, end, overlap }: { start: string; end: string; overlap?: OverlapPolicy },
): Promise<boolean> {
  const wholeSeconds = (round: (seconds: number) => number, time: string): number =>
    round(Date.parse(time) / 1_000) * 1_000
  const isThere = await changeSchedule(temporal, ref, (handle) =>
    handle.backfill({
      // Older servers leave the start out; a millisecond before a whole second is in for all of them.
      start: new Date(wholeSeconds(Math.ceil, start) - 1),
      end: new Date(wholeSeconds(Math.floor, end)),
      ...(overlap === undefined ? {} : { overlap: overlapOf[overlap] }),
    }),
  )
  return isThere && (await describeSchedule(temporal, ref)) !== undefined
}

const describe = ({ namespace, name }: ScheduleRef): string => `The schedule of Pipeline ${namespace}/${name}`
