import type { OverlapPolicy, ScheduleSpec } from '../../model/schedule-spec.ts'

/** A schedule has the namespace and name of its Pipeline. */
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
  /** Who paused or resumed it last, and why. */
  note?: string
  /** The next few, RFC 3339 UTC. Empty when it has expired. For a paused schedule, those it would have. */
  nextFires: string[]
  /** The latest few, newest last. */
  recentFires: { scheduledAt: string; startedAt: string }[]
  /** Fires so far that missed the catch-up window, and those that the overlap policy skipped. */
  missedFires: number
  skippedFires: number
  temporalUrl: string
}

/** Schedules of Pipelines. Methods throw AppError `unavailable` when Temporal cannot be reached. */
export interface Schedules {
  /**
   * Creates the schedule, or changes it to match the spec; a pause stays. Safe to repeat and in parallel.
   * AppErrors: `invalid` for a time zone that Temporal does not know, `conflict` when others keep changing
   * it.
   */
  ensure(ref: ScheduleRef, spec: ScheduleSpec): Promise<'created' | 'configured' | 'unchanged'>
  /** False when there was none. Runs that it started continue. */
  remove(ref: ScheduleRef): Promise<boolean>
  get(ref: ScheduleRef): Promise<ScheduleView | undefined>
  /** Sorted by namespace and name. New and removed schedules show up after a moment. */
  list(filter: { namespace?: string }): Promise<ScheduleRef[]>
  /** The methods below return when the change is in effect, and false when there is no such schedule. */
  pause(ref: ScheduleRef, note: string): Promise<boolean>
  resume(ref: ScheduleRef, note: string): Promise<boolean>
  /** Fires once now, whatever the overlap policy, also while paused. AppError `conflict` if no fire shows. */
  trigger(ref: ScheduleRef): Promise<boolean>
  /** Fires for all scheduled times in a range, ends (RFC 3339) included. `overlap` is for these fires. */
  backfill(ref: ScheduleRef, range: { start: string; end: string; overlap?: OverlapPolicy }): Promise<boolean>
}
