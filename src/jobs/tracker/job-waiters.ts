import type { Outcome } from '../../model/outcome.ts'

/** One list may be older than the awaited Job; two in a row without it prove that it is gone. */
const MAX_MISSED = 2

const deletedUnseen: Outcome = {
  type: 'lost',
  reason: 'JobDeleted',
  message: 'the Job was deleted while no watch observed it',
}

/** The callers that await a Job, and the number of lists in a row without it. */
interface Waiting {
  resolves: Set<(outcome: Outcome) => void>
  missed: number
}

/** Jobs of blocks, which have no task token and are awaited in this process. By uid. */
export class JobWaiters {
  readonly #waiting = new Map<string, Waiting>()

  has(uid: string): boolean {
    return (this.#waiting.get(uid)?.resolves.size ?? 0) > 0
  }

  ended(uid: string, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(uid) ?? { resolves: new Set(), missed: 0 }
      this.#waiting.set(uid, waiting)
      waiting.resolves.add(resolve)
      signal.addEventListener('abort', () => {
        waiting.resolves.delete(resolve)
        reject(signal.reason)
      })
    })
  }

  tell(uid: string, outcome: Outcome): void {
    for (const resolve of this.#waiting.get(uid)?.resolves ?? []) resolve(outcome)
    this.#waiting.delete(uid)
  }

  /** A relist contains these uids. */
  listed(here: ReadonlySet<string>): void {
    for (const [uid, waiting] of this.#waiting) {
      waiting.missed = here.has(uid) ? 0 : waiting.missed + 1
      if (waiting.missed >= MAX_MISSED) this.tell(uid, deletedUnseen)
    }
  }
}
