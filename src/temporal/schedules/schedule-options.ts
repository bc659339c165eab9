import {
  type CalendarSpecDescription,
  DAYS_OF_WEEK,
  MONTHS,
  type Range,
  type ScheduleDescription,
  type ScheduleOverlapPolicy,
  type ScheduleSpecDescription,
} from '@temporalio/client'
import { type SearchAttributePair, TypedSearchAttributes } from '@temporalio/common'
import { sameJson } from '../../lib/json.ts'
import type { ScheduledRunInput } from '../../model/messages/scheduled-run.ts'
import type {
  CalendarRange,
  CalendarTime,
  OverlapPolicy,
  ScheduleSpec,
  Timing,
} from '../../model/schedule-spec.ts'
import { SCHEDULED_RUN_WORKFLOW, TASK_QUEUE } from '../../model/temporal-names.ts'
import type { ScheduleRef } from '../../operations/ports/schedules.ts'
import { attributeKeys, clipKeyword } from '../search-attributes.ts'
import { scheduledWorkflowId } from './schedule-id.ts'

/** Memo key of the fires that holds the author's cron text. No other field returns it and can be updated. */
export const CRON_MEMO = 'cron'

export const overlapOf = {
  allow: 'ALLOW_ALL',
  skip: 'SKIP',
  bufferOne: 'BUFFER_ONE',
  bufferAll: 'BUFFER_ALL',
  cancelOther: 'CANCEL_OTHER',
} as const satisfies Record<OverlapPolicy, ScheduleOverlapPolicy>

/** The server silently raises a smaller window to this, and would then never match what was asked. */
const MIN_CATCH_UP_MS = 10_000

/** The wanted schedule, in the form in which the server describes one. */
export type AskedSchedule = ReturnType<typeof scheduleOptions>

export function scheduleOptions(
  { taskQueue }: { taskQueue?: string },
  ref: ScheduleRef,
  { cron, timing, timeZone, expiresAt, overlap, catchUpWindowMs }: ScheduleSpec,
) {
  const input: ScheduledRunInput = { namespace: ref.namespace, pipeline: ref.name }
  const attributes = new TypedSearchAttributes(attributePairs(ref))
  return {
    spec: {
      ...timesOf(timing),
      timezone: timeZone,
      // The server's end is inclusive, ours is exclusive.
      ...(expiresAt === undefined ? {} : { endAt: new Date(Date.parse(expiresAt) - 1) }),
    },
    action: {
      type: 'startWorkflow' as const,
      workflowType: SCHEDULED_RUN_WORKFLOW,
      workflowId: scheduledWorkflowId(ref),
      taskQueue: taskQueue ?? TASK_QUEUE,
      args: [input],
      memo: { [CRON_MEMO]: cron },
      staticSummary: `Pipeline ${ref.namespace}/${ref.name} on schedule`,
      typedSearchAttributes: attributes,
    },
    policies: {
      overlap: overlapOf[overlap],
      catchupWindow: Math.max(catchUpWindowMs, MIN_CATCH_UP_MS),
      pauseOnFailure: false,
    },
    typedSearchAttributes: attributes,
  }
}

const attributePairs = ({ namespace, name }: ScheduleRef): SearchAttributePair[] => [
  { key: attributeKeys.namespace, value: clipKeyword(namespace) },
  { key: attributeKeys.definition, value: clipKeyword(name) },
]

/** Never as a cron string: Temporal reads cron differently from the author's format. */
function timesOf(timing: Timing): Required<Pick<ScheduleSpecDescription, 'calendars' | 'intervals'>> {
  return 'everyMs' in timing
    ? { calendars: [], intervals: [{ every: timing.everyMs, offset: 0 }] }
    : { calendars: timing.calendars.map(toCalendar), intervals: [] }
}

function toCalendar(time: CalendarTime): CalendarSpecDescription {
  return {
    second: [{ start: 0, end: 0, step: 1 }],
    minute: time.minute,
    hour: time.hour,
    dayOfMonth: time.dayOfMonth,
    month: time.month.map((range) => named(range, (number) => MONTHS[number - 1])),
    year: [],
    dayOfWeek: time.dayOfWeek.map((range) => named(range, (number) => DAYS_OF_WEEK[number])),
  }
}

function named<Name>(
  { start, end, step }: CalendarRange,
  nameOf: (number: number) => Name | undefined,
): Range<Name> {
  const [first, last] = [nameOf(start), nameOf(end)]
  if (first === undefined || last === undefined) throw new Error(`no name for ${start}-${end} of a calendar`)
  return { start: first, end: last, step }
}

/** Whether the schedule is as wanted, including changes by hand in Temporal. Ignores a pause. */
export const isAsAsked = (description: ScheduleDescription, asked: AskedSchedule): boolean =>
  sameJson(comparable(description), comparable(asked))

function comparable({ spec, action, policies }: Pick<ScheduleDescription, 'spec' | 'action' | 'policies'>) {
  const { workflowType, workflowId, taskQueue, args, memo, staticSummary, typedSearchAttributes } = action
  const pairs = Array.isArray(typedSearchAttributes) ? typedSearchAttributes : typedSearchAttributes?.getAll()
  return {
    spec: {
      calendars: spec.calendars?.map(({ comment: _, ...fields }) => fields),
      intervals: spec.intervals,
      skip: spec.skip ?? [],
      startAt: spec.startAt?.getTime(),
      endAt: spec.endAt?.getTime(),
      jitter: spec.jitter,
      timezone: spec.timezone,
    },
    action: { workflowType, workflowId, taskQueue, args, memo, staticSummary },
    attributes: Object.fromEntries((pairs ?? []).map(({ key, value }) => [key.name, value])),
    policies,
  }
}
