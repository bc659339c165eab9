/** When something recurs. Any of the calendars matches; within one, every field must. */
export type Timing = { calendars: CalendarTime[] } | { everyMs: number }

/** Ranges of numbers as cron has them: day of week 0 (Sunday) to 6, month 1 to 12. */
export interface CalendarTime {
  minute: CalendarRange[]
  hour: CalendarRange[]
  dayOfMonth: CalendarRange[]
  month: CalendarRange[]
  dayOfWeek: CalendarRange[]
}

/** Both ends are in it. */
export interface CalendarRange {
  start: number
  end: number
  step: number
}
