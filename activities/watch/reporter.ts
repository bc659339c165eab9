import type { Heartbeat } from '../../workflows/messages.ts'
import type { Outcome } from '../../workflows/outcome.ts'
import { live } from '../observe/live.ts'
import type { AttemptsListener } from './attempts.ts'
import type { Answer, Completion } from './completion.ts'
import { type Entry, factsOf } from './entry.ts'
import type { Housekeeping } from './housekeeping.ts'

/** A change that lasts shorter is not worth a call: a job of a second costs no heartbeat at all. */
const SETTLE_MS = 1_000
/** Well within the heartbeat timeout of ten minutes, so that four may fail. */
const VOUCH_MS = 120_000
/** How soon a heartbeat that nobody wanted is tried again, while its run is still open. */
const UNWANTED_MS = 10_000
/** After a call that failed: Temporal is away, and its client has retried already. */
const RETRY_MS = 2_000
/** Calls to Temporal at once. */
const CONCURRENCY = 50

export interface ReporterDeps {
  completion: Completion
  housekeeping: Housekeeping
  warn: (message: string, error: unknown) => void
}

/**
 * Tells Temporal what the watch sees: outcomes at once and until they are accepted, live facts when they have
 * settled, and every two minutes that an attempt is still there. Outcomes go before heartbeats.
 */
export class Reporter implements AttemptsListener {
  readonly #outcomes: { entry: Entry; outcome: Outcome }[] = []
  readonly #due: Entry[] = []
  /** When an attempt's next heartbeat is due, by the uid of its Job. */
  readonly #later = new Map<string, { entry: Entry; dueAt: number }>()
  /** What was said last, so that only changes are said early. */
  readonly #said = new Map<string, string>()
  readonly #deps: ReporterDeps
  #calls = 0
  #timer: NodeJS.Timeout | undefined

  constructor(deps: ReporterDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), SETTLE_MS / 4)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  ended(entry: Entry, outcome: Outcome): void {
    this.#said.delete(entry.uid)
    this.#later.delete(entry.uid)
    this.#outcomes.push({ entry, outcome })
    this.#pump()
  }

  changed(entry: Entry): void {
    if (entry.token === undefined || this.#said.get(entry.uid) === this.#text(entry)) return
    this.#schedule(entry, SETTLE_MS)
  }

  #schedule(entry: Entry, inMs: number): void {
    const dueAt = Math.min(Date.now() + inMs, this.#later.get(entry.uid)?.dueAt ?? Number.POSITIVE_INFINITY)
    this.#later.set(entry.uid, { entry, dueAt })
  }

  #tick(): void {
    const now = Date.now()
    for (const [uid, { entry, dueAt }] of this.#later) {
      if (dueAt > now) continue
      this.#later.delete(uid)
      this.#due.push(entry)
    }
    this.#pump()
  }

  #pump(): void {
    while (this.#calls < CONCURRENCY) {
      const ended = this.#outcomes.shift()
      const call = ended ? this.#report(ended.entry, ended.outcome) : this.#vouch(this.#due.shift())
      if (!call) return
      this.#calls += 1
      void call.finally(() => {
        this.#calls -= 1
        this.#pump()
      })
    }
  }

  async #report(entry: Entry, outcome: Outcome): Promise<void> {
    const { completion, housekeeping, warn } = this.#deps
    try {
      await housekeeping.beforeEnd(entry, outcome)
      if (entry.token !== undefined) await completion.complete(entry.token, outcome)
      await housekeeping.settle(entry, outcome)
    } catch (error) {
      warn(`outcome of ${entry.namespace}/${entry.name} not recorded yet, trying again`, error)
      setTimeout(() => {
        this.#outcomes.push({ entry, outcome })
        this.#pump()
      }, RETRY_MS)
    }
  }

  #vouch(entry: Entry | undefined): Promise<void> | undefined {
    return entry && this.#heartbeat(entry)
  }

  async #heartbeat(entry: Entry): Promise<void> {
    if (entry.outcome || entry.token === undefined) return
    try {
      const said = this.#text(entry)
      const answer = await this.#deps.completion.heartbeat(entry.token, this.#details(entry))
      if (answer !== 'accepted' && (await this.#removeOrphan(entry, answer))) return
      this.#said.set(entry.uid, said)
      this.#schedule(entry, answer === 'accepted' ? VOUCH_MS : UNWANTED_MS)
    } catch (error) {
      this.#deps.warn(`heartbeat of ${entry.namespace}/${entry.name} failed, trying again`, error)
      this.#schedule(entry, RETRY_MS)
    }
  }

  /** Unwanted: the run is over and the Job an orphan, or it is cleaning up, or a newer try brings its token. */
  async #removeOrphan(entry: Entry, answer: Answer): Promise<boolean> {
    if (answer === 'cancelled' || (await this.#deps.completion.isOpen(entry.runId))) return false
    await this.#deps.housekeeping.removeOrphan(entry)
    return true
  }

  #details(entry: Entry): Heartbeat {
    const facts = factsOf(entry)
    const { housekeeping } = this.#deps
    return { live: { [entry.name]: live(facts, housekeeping.isUnknownClusterNode(facts.pod)) } }
  }

  #text(entry: Entry): string {
    return JSON.stringify(this.#details(entry))
  }
}
