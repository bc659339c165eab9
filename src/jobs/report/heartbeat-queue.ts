import type { TrackedJob } from '../tracker/tracked-job.ts'

/** Under half of the heartbeat timeout of ten minutes, so that one may fail. Each costs Temporal a write. */
export const HEARTBEAT_MS = 240_000
export const TICK_MS = 250
/** Calls per tick besides regular heartbeats: when many Jobs end, changed facts are sent later. */
const CALLS_PER_TICK = 4

/**
 * Schedules heartbeats. With hundreds of short jobs at once, a heartbeat for each would cost more than the
 * jobs. So only a few are sent per second, fewer when more jobs end.
 */
export class HeartbeatQueue {
  /** By the uid of the Job. */
  readonly #later = new Map<string, { entry: TrackedJob; dueAt: number }>()

  /** An earlier time that is already scheduled stays. */
  schedule(entry: TrackedJob, dueAt: number): void {
    const known = this.#later.get(entry.uid)?.dueAt ?? Number.POSITIVE_INFINITY
    this.#later.set(entry.uid, { entry, dueAt: Math.min(dueAt, known) })
  }

  forget(uid: string): void {
    this.#later.delete(uid)
  }

  /**
   * The Jobs that get a heartbeat at this tick, `ends` outcomes after the last one and with `waiting`
   * heartbeats not yet sent. Skipped entries keep their position; served ones move to the back (round robin).
   */
  take(now: number, ends: number, waiting: number): TrackedJob[] {
    const news = Math.max(1, CALLS_PER_TICK - ends)
    const room = news + Math.ceil((2 * this.#later.size * TICK_MS) / HEARTBEAT_MS) - waiting
    const taken: TrackedJob[] = []
    for (const [uid, { entry, dueAt }] of this.#later) {
      if (taken.length >= room) break
      if (dueAt > now) continue
      this.#later.delete(uid)
      taken.push(entry)
    }
    return taken
  }
}
