import type { Log } from '../log.ts'
import type { Deps } from '../operations/ports.ts'
import { syncSchedules } from '../operations/sync-schedules.ts'
import { repeat } from './repeat.ts'

/** A Pipeline that came past our door, through kubectl, has its schedule this soon. */
const EVERY_MS = 30_000

/** Keeps the schedules of all Pipelines as they ask for; several workers may do it side by side. */
export function keepSchedules(deps: Deps, log: Log): { stop(): void } {
  return repeat(async () => {
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
