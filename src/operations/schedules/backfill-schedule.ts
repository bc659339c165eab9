import type { Issue } from '../../manifests/issue.ts'
import type { OverlapPolicy } from '../../model/schedule-spec.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import type { ScheduleRef } from '../ports/schedules.ts'
import { noSuchSchedule } from './get-schedule.ts'

/** A year of a cron that fires every minute is half a million runs. Longer ranges take several requests. */
const MAX_DAYS = 366
const DAY_MS = 86_400_000

export interface BackfillScheduleInput extends ScheduleRef {
  /** RFC 3339; both ends are included. */
  start: string
  end: string
  /** For these fires. Default: the schedule's policy. */
  overlap?: OverlapPolicy
}

/** Fires for all scheduled times in a range, also on a paused schedule. AppErrors: `invalid`, `not-found`. */
export async function backfillSchedule({ deps, input }: Call<BackfillScheduleInput>): Promise<ScheduleRef> {
  const { namespace, name, ...range } = input
  const ref = { namespace, name }
  const issues = issuesOf(range)
  const [first] = issues
  if (first) throw new AppError('invalid', first.message, { issues })
  if (!(await deps.schedules.backfill(ref, range))) throw noSuchSchedule(ref)
  return ref
}

function issuesOf(range: { start: string; end: string }): Issue[] {
  const issue = (path: string, rule: string, text: string): Issue => ({
    document: 1,
    path,
    rule,
    message: `${path}: ${text}`,
  })
  const start = parseTime(range.start)
  const end = parseTime(range.end)
  const noTime = 'is not an RFC 3339 time: write date, time and zone, as in "2026-11-21T05:00:00Z"'
  const unread = [
    ...(start === undefined ? [issue('start', 'time', noTime)] : []),
    ...(end === undefined ? [issue('end', 'time', noTime)] : []),
  ]
  if (start === undefined || end === undefined) return unread
  if (end <= start) return [issue('end', 'order', 'must be later than start: swap the two')]
  const long = `is more than ${MAX_DAYS} days after start: use a shorter range, and further requests for the rest`
  return end - start > MAX_DAYS * DAY_MS ? [issue('end', 'too-long', long)] : []
}

const FORM = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i

/** Milliseconds since 1970, or undefined. Checks the day: `Date.parse` reads 30 February as 2 March. */
function parseTime(text: string): number | undefined {
  const [match, year, month, day] = FORM.exec(text) ?? []
  const ms = Date.parse(text)
  if (match === undefined || Number.isNaN(ms)) return undefined
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
    ? ms
    : undefined
}
