import { repeat } from '../../lib/repeat.ts'
import type { Deps } from '../../operations/deps.ts'
import { syncSchedules } from '../../operations/schedules/sync-schedules.ts'
import type { Log } from '../../telemetry/log.ts'

/** A Pipeline that came past our door, through kubectl, has its schedule this soon. */
const EVERY_MS = 30_000
/** A worker is told soon after its start whether it is in charge. */
const NOT_IN_CHARGE_MS = 1_000

/**
 * Keeps the schedules of all Pipelines as they ask for; several workers may do it side by side. Two builds may not:
 * where they differ about a schedule, each would undo what the other does.
 */
export function syncSchedulesRegularly(deps: Deps, log: Log, isInCharge: () => boolean): { stop(): void } {
  return repeat(async () => {
    if (!isInCharge()) return NOT_IN_CHARGE_MS
    try {
      await syncSchedules(deps, (ref, error) =>
        log('warn', 'a schedule is not as it should be', { ...ref, error }),
      )
    } catch (error) {
      log('warn', 'schedules could not be compared with their pipelines, trying again', { error })
    }
    return EVERY_MS
  })
}
