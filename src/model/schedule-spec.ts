import type { Timing } from '../expressions/timing.ts'

export type { CalendarRange, CalendarTime, Timing } from '../expressions/timing.ts'

/** When a Pipeline starts by itself: the wish of its strategy and annotations as plain data, for Temporal to keep. */
export interface ScheduleSpec {
  /** As the author wrote it. */
  cron: string
  timing: Timing
  /** IANA name. */
  timeZone: string
  /** RFC 3339 UTC: nothing fires at or after it. */
  expiresAt?: string
  overlap: OverlapPolicy
  /** A fire that is late by more than this (everything was down) is not made up for. */
  catchUpWindowMs: number
}

/** What happens to a fire while a run of an earlier one is still under way. */
export const overlapPolicies = ['allow', 'skip', 'bufferOne', 'bufferAll', 'cancelOther'] as const
export type OverlapPolicy = (typeof overlapPolicies)[number]
