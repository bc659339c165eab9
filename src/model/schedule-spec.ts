import type { Timing } from '../expressions/timing.ts'

export type { CalendarRange, CalendarTime, Timing } from '../expressions/timing.ts'

/** The schedule of a Pipeline, from its strategy and annotations, as plain data for a Temporal schedule. */
export interface ScheduleSpec {
  /** As the author wrote it. */
  cron: string
  timing: Timing
  /** IANA name. */
  timeZone: string
  /** RFC 3339 UTC: no run starts at or after this time. */
  expiresAt?: string
  overlap: OverlapPolicy
  /** A run that is late by more than this (after an outage) is not caught up. */
  catchUpWindowMs: number
}

/** What happens at a scheduled time while an earlier run is still running. */
export const overlapPolicies = ['allow', 'skip', 'bufferOne', 'bufferAll', 'cancelOther'] as const
export type OverlapPolicy = (typeof overlapPolicies)[number]
