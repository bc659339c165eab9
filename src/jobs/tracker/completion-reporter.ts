import type { Heartbeat } from '../../model/messages.ts'
import type { Outcome } from '../../model/outcome.ts'
import { live } from '../observe/live.ts'
import type { Answer, Completion } from './completion.ts'
import { HEARTBEAT_MS, HeartbeatQueue, TICK_MS } from './heartbeat-queue.ts'
import type { JobMaintenance } from './job-maintenance.ts'
import type { JobTrackerListener } from './job-tracker.ts'
import { factsOf, type TrackedJob } from './tracked-job.ts'

/** A change that lasts shorter is not worth a call: a job of a second costs no heartbeat at all. */
const SETTLE_MS = 1_000
/** How soon a heartbeat that nobody wanted is tried again, while its run is still open. */
const UNWANTED_MS = 10_000
/** After a call that failed: Temporal is away, and its client has retried already. */
const RETRY_MS = 2_000
/** How soon it is asked again whether an outcome is still owed to somebody. */
const OWED_MS = 60_000
/** An orphan is one at two looks this far apart: a server that lags behind may know less than was so. */
const ORPHAN_MS = 5_000
/** Calls to Temporal at once. */
const CONCURRENCY = 50

export interface CompletionReporterDeps {
  completion: Completion
  maintenance: JobMaintenance
  /** Whether the Job with this uid is awaited in this process: then it is no orphan. */
  isAwaited: (uid: string) => boolean
  warn: (message: string, error: unknown) => void
}

/**
 * Tells Temporal what the watch sees: outcomes at once and until they are accepted, live facts when they have
 * settled, and every four minutes that an attempt is still there. Outcomes go before heartbeats.
 */
export class CompletionReporter implements Pick<JobTrackerListener, 'ended' | 'changed'> {
  readonly #outcomes: { entry: TrackedJob; outcome: Outcome }[] = []
  readonly #due: TrackedJob[] = []
  readonly #later = new HeartbeatQueue()
  /** What was said last, so that only changes are said early. */
  readonly #said = new Map<string, string>()
  readonly #deps: CompletionReporterDeps
  readonly #retries = new Set<NodeJS.Timeout>()
  /** When a Job was first found to be awaited by nobody, by its uid. */
  readonly #orphanSince = new Map<string, number>()
  readonly #owed = new Set<TrackedJob>()
  #calls = 0
  /** Outcomes since the last tick. */
  #ends = 0
  #timer: NodeJS.Timeout | undefined

  constructor(deps: CompletionReporterDeps) {
    this.#deps = deps
  }

  /** JobTracker that have ended, of which Temporal does not know it yet; their Jobs may be gone. */
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
    // A member of a fleet is vouched for elsewhere; here it is looked after now and then.
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
      // Not recorded by this token. While the run is open another may still owe it: a newer try of the activity,
      // or the fleet that awaits the Job in some process. Until then nothing may delete the Job.
      if (answer !== 'accepted' && entry.ttlSeconds !== undefined && (await completion.isOpen(entry.runId))) {
        if (entry.token === token) this.#again(entry, outcome, OWED_MS)
        return
      }
      if (entry.token === token) this.#owed.delete(entry)
      await maintenance.settle(entry, outcome)
    } catch (error) {
      warn(`outcome of ${entry.namespace}/${entry.name} not recorded yet, trying again`, error)
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
      this.#deps.warn(`heartbeat of ${entry.namespace}/${entry.name} failed, trying again`, error)
      this.#schedule(entry, RETRY_MS)
    }
  }

  /** A member of a fleet has no token: the process that awaits it vouches; here it only must not outlive its run. */
  #answerFor(entry: TrackedJob): Promise<Answer> | Answer {
    const { completion, isAwaited } = this.#deps
    if (entry.token === undefined) return isAwaited(entry.uid) ? 'accepted' : 'gone'
    return completion.heartbeat(entry.token, this.#details(entry))
  }

  /** Unwanted: the run is over and the Job an orphan, or a newer try of the activity will bring its token. */
  async #isOrphan(entry: TrackedJob): Promise<boolean> {
    return !(await this.#deps.completion.isOpen(entry.runId))
  }

  /** At the second look, and only while it still runs: a Job that has ended meanwhile keeps its log. */
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
