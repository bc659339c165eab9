import { z } from '@hono/zod-openapi'
import { overlapPolicies } from '../../src/model/schedule-spec.ts'
import { MAX_REASON } from '../../src/operations/schedules/pause-schedule.ts'
import { Namespace, ObjectName } from './parameters.ts'

const Time = z.string().openapi({ format: 'date-time', example: '2026-11-21T05:00:00.000Z' })

const Overlap = z
  .enum(overlapPolicies, `must be one of ${overlapPolicies.join(', ')}`)
  .openapi('OverlapPolicy', {
    description: [
      'What happens to a fire while a run of an earlier one is under way: `allow` starts it beside that one, `skip`',
      'leaves it out, `bufferOne` and `bufferAll` keep one or all of them until it has ended, `cancelOther` cancels it',
      'and starts then.',
    ].join(' '),
  })

export const Schedule = z
  .object({
    namespace: z.string(),
    name: z.string().openapi({ description: 'Of the Pipeline, and so of its schedule', example: 'nightly' }),
    cron: z.string().openapi({ description: 'As the Pipeline has it', example: '0 5 * * 1-5' }),
    timeZone: z.string().openapi({ description: 'In which `cron` is read; by default UTC', example: 'UTC' }),
    expiresAt: Time.optional().openapi({ description: 'From then on nothing fires' }),
    overlap: Overlap.openapi({ description: 'By default `allow`' }),
    catchUpWindowMs: z.number().int().openapi({
      description: 'A fire that is later than this is left out; by default an hour',
      example: 3_600_000,
    }),
    phase: z.enum(['Active', 'Paused', 'Expired']).openapi({
      description: '`Expired`: no fire is left, paused or not',
    }),
    note: z.string().optional().openapi({
      description: 'Of the latest pause or resume: by whom, and why',
      example: 'Paused by anonymous: the warehouse moves',
    }),
    nextFires: z
      .array(Time)
      .openapi({ description: 'The next five at most; while paused, those it would have' }),
    recentFires: z
      .array(
        z.object({
          scheduledAt: Time.openapi({ description: 'When it was due' }),
          startedAt: Time,
        }),
      )
      .openapi({ description: 'The latest few, newest last' }),
    missedFires: z
      .number()
      .int()
      .openapi({ description: 'So far: later than the catch-up window, and left out' }),
    skippedFires: z.number().int().openapi({ description: 'So far: left out by the overlap policy' }),
    temporalUrl: z.string().openapi({ description: "The schedule in Temporal's Web UI" }),
  })
  .openapi('Schedule', { description: 'When a Pipeline starts by itself' })

export const ScheduleReference = z
  .object({ namespace: Namespace, name: ObjectName })
  .openapi('ScheduleReference')

export const ConfigureSchedule = z
  .strictObject({
    overlap: Overlap.optional().openapi({ description: 'A Pipeline that does not say it has `allow`' }),
    catchUpWindow: z.string().max(100).optional().openapi({
      description: 'As Go writes a duration, from 10s to 8760h; a Pipeline that does not say it has an hour',
      example: '30m',
    }),
    timeZone: z.string().max(100).optional().openapi({
      description:
        "IANA name; a Pipeline that does not say it has the installation's, which is UTC by default",
      example: 'Europe/Berlin',
    }),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'give at least one of `overlap`, `catchUpWindow` and `timeZone`',
  })
  .openapi('ConfigureSchedule', { description: 'What is not given stays' })

export const Reason = z
  .strictObject({
    reason: z
      .string()
      .max(MAX_REASON, `must have at most ${MAX_REASON} characters`)
      .optional()
      .openapi({ description: 'For the note', example: 'the warehouse moves' }),
  })
  .openapi('Reason')

export const BackfillSchedule = z
  .strictObject({
    start: z.string().max(40).openapi({ format: 'date-time', example: '2026-11-20T00:00:00Z' }),
    end: z.string().max(40).openapi({
      format: 'date-time',
      description: 'Later than `start`, and at most 366 days',
      example: '2026-11-20T23:59:59Z',
    }),
    overlap: Overlap.optional().openapi({
      description: 'For these fires; without it, as the schedule has it',
    }),
  })
  .openapi('BackfillSchedule', { description: 'A time, both ends in it' })
