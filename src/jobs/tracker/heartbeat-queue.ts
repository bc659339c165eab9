import type { TrackedJob } from './tracked-job.ts'

/** Well within the heartbeat timeout of ten minutes, so that one may fail; each costs Temporal a write. */
export const HEARTBEAT_MS = 240_000
export const TICK_MS = 250
/** Calls of a tick beside heartbeats that are due to beat: where much ends, news of what waits come later. */
const CALLS_PER_TICK = 4

/**
 * Whose heartbeat is due when. With hundreds of short jobs at once, a heartbeat for each would cost more than the
 * jobs: so there are no more than a few in a second, the fewer the more jobs end.
 */
export class HeartbeatQueue {
  /** By the uid of the Job. */
  readonly #later = new Map<string, { entry: TrackedJob; dueAt: number }>()

  /** An earlier time that was asked for before stands. */
  schedule(entry: TrackedJob, dueAt: number): void {
    const known = this.#later.get(entry.uid)?.dueAt ?? Number.POSITIVE_INFINITY
    this.#later.set(entry.uid, { entry, dueAt: Math.min(dueAt, known) })
  }

  forget(uid: string): void {
    this.#later.delete(uid)
  }

  /**
   * Who gets a heartbeat at this tick, `ends` outcomes after the last one and with `waiting` heartbeats not yet sent.
   * Who is passed over keeps his place, and those told go to the end: everybody's turn comes.
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
