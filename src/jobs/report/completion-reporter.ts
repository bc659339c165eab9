import type { Heartbeat } from '../../model/messages/heartbeat.ts'
import type { Outcome } from '../../model/outcome.ts'
import { live } from '../observe/live.ts'
import { factsOf } from '../tracker/facts-of.ts'
import type { JobMaintenance } from '../tracker/job-maintenance.ts'
import type { JobTrackerListener } from '../tracker/job-tracker.ts'
import type { TrackedJob } from '../tracker/tracked-job.ts'
import type { Answer, Completion } from './completion.ts'
import { HEARTBEAT_MS, HeartbeatQueue, TICK_MS } from './heartbeat-queue.ts'

/** Delay between a change and its heartbeat, so that a job of one second costs none. */
const SETTLE_MS = 1_000
/** Delay before a heartbeat that was not accepted is sent again, while its run is open. */
const UNWANTED_MS = 10_000
/** Delay after a failed call: Temporal is unavailable, and its client has already retried. */
const RETRY_MS = 2_000
/** Delay before it is checked again whether an unrecorded outcome is still needed. */
const OWED_MS = 60_000
/** Delete an orphan only if two checks, this far apart, agree: the server's answer may lag. */
const ORPHAN_MS = 5_000
/** Concurrent calls to Temporal. */
const CONCURRENCY = 50

export interface CompletionReporterDeps {
  completion: Completion
  maintenance: JobMaintenance
  /** Whether the Job with this uid is awaited in this process: then it is not an orphan. */
  isAwaited: (uid: string) => boolean
  warn: (message: string, error: unknown) => void
}

/**
 * Reports to Temporal what the informers observe: outcomes at once, until they are accepted; changed facts
 * after a delay; and a heartbeat every four minutes. Outcomes go before heartbeats.
 */
export class CompletionReporter implements Pick<JobTrackerListener, 'ended' | 'changed'> {
  readonly #outcomes: { entry: TrackedJob; outcome: Outcome }[] = []
  readonly #due: TrackedJob[] = []
  readonly #later = new HeartbeatQueue()
  /** The last details sent, by the Job's uid, so that only changes are sent early. */
  readonly #said = new Map<string, string>()
  readonly #deps: CompletionReporterDeps
  readonly #retries = new Set<NodeJS.Timeout>()
  /** When a Job was first found to be an orphan, by its uid. */
  readonly #orphanSince = new Map<string, number>()
  readonly #owed = new Set<TrackedJob>()
  #calls = 0
  /** Outcomes since the last tick. */
  #ends = 0
  #timer: NodeJS.Timeout | undefined

  constructor(deps: CompletionReporterDeps) {
    this.#deps = deps
  }

  /** Jobs that have ended and whose outcome Temporal has not recorded yet. They may be deleted already. */
  owed(): TrackedJob[] {
    return [...this.#owed]
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const retry of this.#retries) clearTimeout(retry)
    this.#outcomes.length = 0
    this.#due.length = 0
  }

  ended(entry: TrackedJob, outcome: Outcome): void {
    this.#said.delete(entry.uid)
    this.#orphanSince.delete(entry.uid)
    this.#later.forget(entry.uid)
    this.#owed.add(entry)
    this.#outcomes.push({ entry, outcome })
    this.#ends += 1
    this.#pump()
  }

  changed(entry: TrackedJob): void {
    if (this.#said.get(entry.uid) === this.#text(entry)) return
    // A Job of a block has no token; the block heartbeats for it. Here it is only checked now and then.
    this.#schedule(entry, entry.token === undefined ? HEARTBEAT_MS : SETTLE_MS)
  }

  #schedule(entry: TrackedJob, inMs: number): void {
    this.#later.schedule(entry, Date.now() + inMs)
  }

  #tick(): void {
    this.#due.push(...this.#later.take(Date.now(), this.#ends, this.#due.length))
    this.#ends = 0
    this.#pump()
  }

  #pump(): void {
    while (this.#calls < CONCURRENCY) {
      const ended = this.#outcomes.shift()
      const call = ended ? this.#report(ended.entry, ended.outcome) : this.#beat(this.#due.shift())
      if (!call) return
      this.#calls += 1
      void call.finally(() => {
        this.#calls -= 1
        this.#pump()
      })
    }
  }

  async #report(entry: TrackedJob, outcome: Outcome): Promise<void> {
    const { completion, maintenance, warn } = this.#deps
    try {
      await maintenance.beforeEnd(entry, outcome)
      const { token } = entry
      const answer = token === undefined ? 'gone' : await completion.complete(token, outcome)
      // Not recorded with this token. While the run is open, a newer try of the activity, or the block that
      // awaits the Job, may still record it. Until then nothing may delete the Job.
      if (answer !== 'accepted' && entry.ttlSeconds !== undefined && (await completion.isOpen(entry.runId))) {
        if (entry.token === token) this.#again(entry, outcome, OWED_MS)
        return
      }
      if (entry.token === token) this.#owed.delete(entry)
      await maintenance.settle(entry, outcome)
    } catch (error) {
      warn(`outcome of ${entry.namespace}/${entry.name} could not be recorded, retrying`, error)
      this.#again(entry, outcome, RETRY_MS)
    }
  }

  #again(entry: TrackedJob, outcome: Outcome, inMs: number): void {
    const timer = setTimeout(() => {
      this.#retries.delete(timer)
      this.#outcomes.push({ entry, outcome })
      this.#pump()
    }, inMs)
    this.#retries.add(timer)
  }

  #beat(entry: TrackedJob | undefined): Promise<void> | undefined {
    return entry && this.#heartbeat(entry)
  }

  async #heartbeat(entry: TrackedJob): Promise<void> {
    if (entry.outcome) return
    try {
      const said = this.#text(entry)
      const answer = await this.#answerFor(entry)
      if (answer === 'gone' && (await this.#isOrphan(entry))) return this.#removeOrphan(entry)
      this.#orphanSince.delete(entry.uid)
      this.#said.set(entry.uid, said)
      this.#schedule(entry, answer === 'accepted' || entry.token === undefined ? HEARTBEAT_MS : UNWANTED_MS)
    } catch (error) {
      this.#deps.warn(`heartbeat of ${entry.namespace}/${entry.name} failed, retrying`, error)
      this.#schedule(entry, RETRY_MS)
    }
  }

  /** A Job of a block has no token; the block heartbeats for it. Here it only must not outlive its run. */
  #answerFor(entry: TrackedJob): Promise<Answer> | Answer {
    const { completion, isAwaited } = this.#deps
    if (entry.token === undefined) return isAwaited(entry.uid) ? 'accepted' : 'gone'
    return completion.heartbeat(entry.token, this.#details(entry))
  }

  /** After a refused heartbeat: the run is over, or a newer try of the activity will bring its token. */
  async #isOrphan(entry: TrackedJob): Promise<boolean> {
    return !(await this.#deps.completion.isOpen(entry.runId))
  }

  /** Deletes at the second check, and only while the Job runs: one that has ended keeps its log. */
  async #removeOrphan(entry: TrackedJob): Promise<void> {
    if (entry.outcome) return
    const since = this.#orphanSince.get(entry.uid)
    if (since === undefined) {
      this.#orphanSince.set(entry.uid, Date.now())
      return this.#schedule(entry, ORPHAN_MS)
    }
    this.#orphanSince.delete(entry.uid)
    await this.#deps.maintenance.removeOrphan(entry)
  }

  #details(entry: TrackedJob): Heartbeat {
    const facts = factsOf(entry)
    const { maintenance } = this.#deps
    return { live: { [entry.name]: live(facts, maintenance.isUnknownClusterNode(facts.pod)) } }
  }

  #text(entry: TrackedJob): string {
    return JSON.stringify(this.#details(entry))
  }
}
