import { repeat } from '../../lib/repeat.ts'
import type { Deps } from '../../operations/deps.ts'
import { syncSchedules } from '../../operations/schedules/sync-schedules.ts'
import type { Log } from '../../telemetry/log.ts'

/** A Pipeline that is applied with kubectl gets its schedule within this time. */
const EVERY_MS = 30_000
/** A worker knows soon after its start whether its build is current. */
const NOT_IN_CHARGE_MS = 1_000

/**
 * Keeps the schedules of all Pipelines in sync. Several workers of one build may do it in parallel. Two
 * builds may not: where they differ about a schedule, each would undo the other's change.
 */
export function syncSchedulesRegularly(deps: Deps, log: Log, isInCharge: () => boolean): { stop(): void } {
  return repeat(async () => {
    if (!isInCharge()) return NOT_IN_CHARGE_MS
    try {
      await syncSchedules(deps, (ref, error) =>
        log('warn', 'a schedule could not be synchronized with its Pipeline', { ...ref, error }),
      )
    } catch (error) {
      log('warn', 'schedules could not be compared with their Pipelines, retrying', { error })
    }
    return EVERY_MS
  })
}
