import type { OverlapPolicy, ScheduleSpec } from '../../model/schedule-spec.ts'

/** A schedule is that of the Pipeline of the same name. */
export interface ScheduleRef {
  namespace: string
  name: string
}

export interface ScheduleView extends ScheduleRef {
  cron: string
  timeZone: string
  expiresAt?: string
  overlap: OverlapPolicy
  catchUpWindowMs: number
  phase: 'Active' | 'Paused' | 'Expired'
  /** Of the latest pause or resume: by whom, and why. */
  note?: string
  /** The next few, RFC 3339 UTC. Empty when it has expired; for a paused one, those that it would have. */
  nextFires: string[]
  /** The latest few, newest last. */
  recentFires: { scheduledAt: string; startedAt: string }[]
  /** Fires so far that were later than the catch-up window, and those that the overlap policy left out. */
  missedFires: number
  skippedFires: number
  temporalUrl: string
}

/** Temporal Schedules of Pipelines. Every method throws AppError `unavailable` when Temporal cannot be reached. */
export interface Schedules {
  /**
   * Makes it as the spec says, or changes it to that; a pause stays. Safe to repeat and side by side. AppErrors:
   * `invalid` for a time zone that Temporal does not know, `conflict` when others keep changing it to something else.
   */
  ensure(ref: ScheduleRef, spec: ScheduleSpec): Promise<'created' | 'configured' | 'unchanged'>
  /** False when there was none. Runs that it started go on. */
  remove(ref: ScheduleRef): Promise<boolean>
  get(ref: ScheduleRef): Promise<ScheduleView | undefined>
  /** By namespace and name. A new or removed one shows a moment later. */
  list(filter: { namespace?: string }): Promise<ScheduleRef[]>
  /** The methods below are false when there is no such schedule, and take hold before they come back. */
  pause(ref: ScheduleRef, note: string): Promise<boolean>
  resume(ref: ScheduleRef, note: string): Promise<boolean>
  /** One fire now, whatever else is under way, also of a paused one. AppError `conflict` when none is to be seen. */
  trigger(ref: ScheduleRef): Promise<boolean>
  /** Makes up for all fires of a time, both ends RFC 3339 and in it. `overlap` for these; default as the schedule's. */
  backfill(ref: ScheduleRef, range: { start: string; end: string; overlap?: OverlapPolicy }): Promise<boolean>
}
