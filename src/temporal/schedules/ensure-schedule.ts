import {
  type ConnectionLike,
  ScheduleAlreadyRunning,
  ScheduleClient,
  type ScheduleDescription,
  ScheduleNotFoundError,
} from '@temporalio/client'
import { retryOnConflict } from '../../lib/retry-on-conflict.ts'
import type { ScheduleSpec } from '../../model/schedule-spec.ts'
import { AppError } from '../../operations/app-error.ts'
import type { ScheduleRef } from '../../operations/ports/schedules.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import type { Temporal } from '../temporal.ts'
import { describeSchedule } from './call-schedule.ts'
import { scheduleId } from './schedule-id.ts'
import { type AskedSchedule, isAsAsked, scheduleOptions } from './schedule-options.ts'

/**
 * Reads, creates or updates, and reads again: the server accepts a change before it applies it, and silently
 * drops one that is based on an older state. AppErrors: `invalid` for a time zone that Temporal does not
 * know, `conflict` when others keep changing the schedule.
 */
export async function ensureSchedule(
  temporal: Temporal,
  ref: ScheduleRef,
  spec: ScheduleSpec,
): Promise<'created' | 'configured' | 'unchanged'> {
  const asked = scheduleOptions(temporal, ref, spec)
  let wasUpdated = false
  const result = await retryOnConflict(async () => {
    const current = await describeSchedule(temporal, ref)
    if (!current) return (await create(temporal, ref, asked)) ? 'created' : undefined
    if (isAsAsked(current, asked)) return wasUpdated ? 'configured' : 'unchanged'
    await update(temporal, current, asked)
    wasUpdated = true
    return undefined
  })
  if (result !== undefined) return result
  const message = `The schedule of Pipeline ${ref.namespace}/${ref.name} keeps being changed by another client: find out which one, and try again.`
  throw new AppError('conflict', message)
}

/** False when another process has created it first. */
async function create({ connection, client }: Temporal, ref: ScheduleRef, asked: AskedSchedule) {
  try {
    await callTemporal(connection, deadlines.scheduleMs, () =>
      client.schedule.create({ scheduleId: scheduleId(ref), ...asked }),
    )
    return true
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false
    throw refusal(error, asked)
  }
}

async function update(
  { connection, namespace }: Temporal,
  current: ScheduleDescription,
  asked: AskedSchedule,
): Promise<void> {
  const client = new ScheduleClient({
    connection: withConflictToken(connection, current.raw.conflictToken),
    namespace,
  })
  const handle = client.getHandle(current.scheduleId)
  try {
    await callTemporal(connection, deadlines.scheduleMs, () =>
      handle.update(({ state }) => ({ ...asked, state })),
    )
  } catch (error) {
    // Removed since it was read. The next round creates it again.
    if (error instanceof ScheduleNotFoundError) return
    throw refusal(error, asked)
  }
}

/**
 * The same connection, whose updates apply only to the state that the token names. The client's own update
 * sends no token, and would overwrite a pause or resume made in the meantime.
 */
function withConflictToken(
  connection: ConnectionLike,
  conflictToken: Uint8Array | null | undefined,
): ConnectionLike {
  const service = connection.workflowService
  const updateSchedule = (request: Parameters<typeof service.updateSchedule>[0]) =>
    service.updateSchedule({ ...request, conflictToken: conflictToken ?? null })
  const guarded = Object.create(service, { updateSchedule: { value: updateSchedule } })
  return Object.create(connection, { workflowService: { value: guarded } })
}

/** The client turns the server's errors about times into a TypeError. Most of them are ruled out before. */
function refusal(error: unknown, { spec }: AskedSchedule): unknown {
  if (!(error instanceof TypeError && /time ?zone/i.test(error.message))) return error
  const message = `The time zone "${spec.timezone}" is not known to Temporal: write an IANA name in its exact spelling, like "UTC" or "Europe/Berlin".`
  return new AppError('invalid', message, { cause: error })
}
