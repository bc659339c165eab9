/** When something recurs. One matching calendar is enough; within a calendar every field must match. */
export type Timing = { calendars: CalendarTime[] } | { everyMs: number }

/** Ranges with cron's numbers: day of week 0 (Sunday) to 6, month 1 to 12. */
export interface CalendarTime {
  minute: CalendarRange[]
  hour: CalendarRange[]
  dayOfMonth: CalendarRange[]
  month: CalendarRange[]
  dayOfWeek: CalendarRange[]
}

/** Both ends are inclusive. */
export interface CalendarRange {
  start: number
  end: number
  step: number
}
