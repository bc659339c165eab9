import { z } from '@hono/zod-openapi'
import { overlapPolicies } from '../../src/model/schedule-spec.ts'
import { MAX_REASON } from '../../src/operations/schedules/pause-schedule.ts'
import { Namespace, ObjectName } from './parameters.ts'

const Time = z.string().openapi({ format: 'date-time', example: '2026-11-21T05:00:00.000Z' })

const Overlap = z
  .enum(overlapPolicies, `must be one of ${overlapPolicies.join(', ')}`)
  .openapi('OverlapPolicy', {
    description: [
      'What happens to a fire while an earlier run is still running: `allow` starts a run beside it, `skip` skips the',
      'fire, `bufferOne` and `bufferAll` keep one or all fires until that run has ended, `cancelOther` cancels that run',
      'and then starts one.',
    ].join(' '),
  })

export const Schedule = z
  .object({
    namespace: z.string(),
    name: z.string().openapi({ description: 'Name of the Pipeline and its schedule', example: 'nightly' }),
    cron: z.string().openapi({ description: 'The cron expression of the Pipeline', example: '0 5 * * 1-5' }),
    timeZone: z.string().openapi({ description: 'The time zone of `cron`; default: UTC', example: 'UTC' }),
    expiresAt: Time.optional().openapi({ description: 'The schedule does not fire from this time on' }),
    overlap: Overlap.openapi({ description: 'Default: `allow`' }),
    catchUpWindowMs: z.number().int().openapi({
      description: 'A fire that is later than this is skipped; default: one hour',
      example: 3_600_000,
    }),
    phase: z.enum(['Active', 'Paused', 'Expired']).openapi({
      description: '`Expired`: no fires are left, paused or not',
    }),
    note: z.string().optional().openapi({
      description: 'Who paused or resumed the schedule last, and why',
      example: 'Paused by anonymous: the warehouse moves',
    }),
    nextFires: z
      .array(Time)
      .openapi({ description: 'At most the next five; while paused, those that it would have' }),
    recentFires: z
      .array(
        z.object({
          scheduledAt: Time.openapi({ description: 'When it was due' }),
          startedAt: Time,
        }),
      )
      .openapi({ description: 'The latest few, the newest last' }),
    missedFires: z.number().int().openapi({
      description: 'Total number that was skipped because it was later than the catch-up window',
    }),
    skippedFires: z
      .number()
      .int()
      .openapi({ description: 'Total number that was skipped by the overlap policy' }),
    temporalUrl: z.string().openapi({ description: "The schedule in Temporal's Web UI" }),
  })
  .openapi('Schedule', { description: 'When runs of a Pipeline start' })

export const ScheduleReference = z
  .object({ namespace: Namespace, name: ObjectName })
  .openapi('ScheduleReference')

export const ConfigureSchedule = z
  .strictObject({
    overlap: Overlap.optional().openapi({ description: 'Default: `allow`' }),
    catchUpWindow: z.string().max(100).optional().openapi({
      description: 'A Go duration from 10s to 8760h; default: 1h',
      example: '30m',
    }),
    timeZone: z.string().max(100).optional().openapi({
      description: 'IANA name; default: that of the installation, or else UTC',
      example: 'Europe/Berlin',
    }),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'give at least one of `overlap`, `catchUpWindow` and `timeZone`',
  })
  .openapi('ConfigureSchedule', { description: 'Omitted fields do not change' })

export const Reason = z
  .strictObject({
    reason: z
      .string()
      .max(MAX_REASON, `must have at most ${MAX_REASON} characters`)
      .optional()
      .openapi({ description: 'Text for the note', example: 'the warehouse moves' }),
  })
  .openapi('Reason')

export const BackfillSchedule = z
  .strictObject({
    start: z.string().max(40).openapi({ format: 'date-time', example: '2026-11-20T00:00:00Z' }),
    end: z.string().max(40).openapi({
      format: 'date-time',
      description: 'Later than `start`, by at most 366 days',
      example: '2026-11-20T23:59:59Z',
    }),
    overlap: Overlap.optional().openapi({
      description: 'For these fires; default: the policy of the schedule',
    }),
  })
  .openapi('BackfillSchedule', { description: 'A time range; both ends are inclusive' })
