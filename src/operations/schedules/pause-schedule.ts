import type { Actor, Call } from '../call.ts'
import type { ScheduleRef, ScheduleView } from '../ports/schedules.ts'
import { getSchedule, noSuchSchedule } from './get-schedule.ts'

/** Temporal limits a note to 1000 bytes, and the note also names the caller. */
export const MAX_REASON = 200

export interface PauseScheduleInput extends ScheduleRef {
  reason?: string
}

/** Pauses a schedule: nothing fires at its times until it is resumed. AppError `not-found`. */
export async function pauseSchedule({ deps, actor, input }: Call<PauseScheduleInput>): Promise<ScheduleView> {
  const { reason, ...ref } = input
  if (!(await deps.schedules.pause(ref, noteOf('Paused', actor, reason)))) throw noSuchSchedule(ref)
  return getSchedule({ deps, actor, input: ref })
}

export const noteOf = (what: 'Paused' | 'Resumed', actor: Actor, reason: string | undefined): string =>
  `${what} by ${actor.name}${reason ? `: ${reason}` : ''}`
