/**
 * JobTracker: the index of our Jobs in a worker process, which derives their outcomes.
 *
 * Every worker has informers for our Jobs and pods. The index keeps a few facts per attempt and derives its
 * outcome as soon as it is safe. An attempt with a task token is completed by that token
 * (CompletionReporter); one of a block is awaited in this process (JobWaiters). Several workers may observe
 * the same end: Temporal refuses a second completion, which is harmless, so there is no leader.
 *
 * Nothing is kept beyond the process. After a restart, an interrupted watch or an expired resource version, a
 * relist brings everything and the outcomes are derived again. A Job that it does not contain was deleted.
 */
import { clipOutcome, type Outcome } from '../../model/outcome.ts'
import { carryOver } from '../observe/carry-over.ts'
import { classify } from '../observe/classify.ts'
import type { PodFacts } from '../observe/facts.ts'
import { isGivenUp } from '../observe/give-up.ts'
import { factsOf } from './facts-of.ts'
import { JobWaiters } from './job-waiters.ts'
import type { SeenJob, SeenPod, TrackedJob } from './tracked-job.ts'

export type WatchEvent = 'ADDED' | 'MODIFIED' | 'DELETED'

export interface JobTrackerListener {
  /** The attempt has ended; called once per task token. */
  ended(entry: TrackedJob, outcome: Outcome): void
  /** The facts of an open attempt may have changed. */
  changed(entry: TrackedJob): void
  /**
   * Its pods must be read for `settle`. Either its Job has ended and no observed pod shows how, or it would
   * be given up on facts that may be old, as after an outage of the API server.
   */
  unexplained(entry: TrackedJob): void
}

export class JobTracker {
  readonly #entries = new Map<string, TrackedJob>()
  /** Pods by the uid of their Job, also of Jobs that are not known yet. */
  readonly #pods = new Map<string, Map<string, PodFacts>>()
  readonly #awaited = new JobWaiters()
  readonly #listener: JobTrackerListener
  readonly #now: () => number
  /** Before the first list of pods, a failed Job would look as if its pod had been deleted. */
  #podsKnown = false

  constructor(listener: JobTrackerListener, now: () => number = Date.now) {
    this.#listener = listener
    this.#now = now
  }

  /** Tracked Jobs that have not ended. */
  open(): TrackedJob[] {
    return this.all().filter(({ outcome }) => outcome === undefined)
  }

  /** All tracked Jobs, ended or not. */
  all(): TrackedJob[] {
    return [...this.#entries.values()]
  }

  get(uid: string): TrackedJob | undefined {
    return this.#entries.get(uid)
  }

  /** Whether a caller in this process awaits the Job `uid`. */
  isAwaited(uid: string): boolean {
    return this.#awaited.has(uid)
  }

  /** Resolves with the outcome of the Job `uid`, at once when it has ended already. */
  ended(uid: string, signal: AbortSignal): Promise<Outcome> {
    const known = this.#entries.get(uid)?.outcome
    return known ? Promise.resolve(known) : this.#awaited.ended(uid, signal)
  }

  /** A relist: a tracked Job that it does not contain has been deleted. */
  syncJobs(jobs: readonly SeenJob[]): void {
    const here = new Set(jobs.map(({ uid }) => uid))
    for (const job of jobs) this.onJob('MODIFIED', job)
    for (const entry of this.all()) if (!here.has(entry.uid)) this.#deleted(entry)
    this.#awaited.listed(here)
  }

  syncPods(pods: readonly SeenPod[]): void {
    const here = new Set(pods.map(({ uid }) => uid))
    for (const pod of pods) this.onPod('MODIFIED', pod)
    for (const [job, known] of this.#pods) {
      for (const [uid, facts] of known) if (!here.has(uid)) this.#podDeleted(job, facts)
    }
    this.#podsKnown = true
    // Jobs listed before the pods have not been evaluated yet.
    for (const entry of this.open()) this.#evaluate(entry)
  }

  onJob(type: WatchEvent, seen: SeenJob): void {
    const { uid } = seen
    const entry = this.#entries.get(uid) ?? { ...seen, pods: this.#podsOf(uid), looks: 0 }
    // A new token belongs to another try of the activity, which needs the outcome again.
    if (entry.token !== seen.token) delete entry.outcome
    Object.assign(entry, seen)
    this.#entries.set(uid, entry)
    this.#evaluate(entry)
    if (type === 'DELETED') this.#deleted(entry)
  }

  onPod(type: WatchEvent, { uid, job, facts: seen }: SeenPod): void {
    if (job === undefined) return
    const facts = carryOver(seen, this.#podsOf(job).get(uid), this.#now())
    this.#podsOf(job).set(uid, facts)
    if (type === 'DELETED') this.#podDeleted(job, facts)
    const entry = this.#entries.get(job)
    if (entry) this.#evaluate(entry)
  }

  /** The pods of a Job, just read. A known pod that is not among them has been deleted. */
  settle(uid: string, pods: readonly SeenPod[]): void {
    const entry = this.#entries.get(uid)
    if (!entry) return
    const here = new Set(pods.map((pod) => pod.uid))
    for (const [pod, facts] of entry.pods) if (!here.has(pod)) this.#podDeleted(uid, facts)
    for (const pod of pods) this.onPod('MODIFIED', pod)
    // The pods of a failing Job that has not ended may still change.
    if (hasEnded(entry) || pods.length === 0) entry.isSettled = true
    this.#evaluate(entry, true)
  }

  /** Evaluates open Jobs again whose outcome may depend on time alone. */
  reconsider(): void {
    for (const entry of this.open()) if (!isUndisturbed(entry)) this.#evaluate(entry)
  }

  #podsOf(job: string): Map<string, PodFacts> {
    const known = this.#pods.get(job) ?? new Map<string, PodFacts>()
    this.#pods.set(job, known)
    return known
  }

  #podDeleted(job: string, facts: PodFacts): void {
    if (facts.deletionDeadline === undefined && (facts.phase === 'Failed' || facts.phase === 'Succeeded')) {
      facts.endedBeforeDeletion = true
    }
    facts.deletionDeadline ??= new Date(this.#now()).toISOString()
    // The pod of an unknown Job is not needed.
    if (!this.#entries.has(job)) this.#pods.delete(job)
  }

  #evaluate(entry: TrackedJob, isFresh = false): void {
    entry.looks += 1
    if (entry.outcome || !this.#podsKnown) return
    const outcome = classify(factsOf(entry), this.#now())
    if (outcome && (isFresh || isSure(entry, outcome))) return this.#end(entry, outcome)
    const { failureTarget } = entry.job
    if (outcome || hasEnded(entry) || (failureTarget && entry.pods.size === 0))
      this.#listener.unexplained(entry)
    this.#listener.changed(entry)
  }

  #deleted(entry: TrackedJob): void {
    this.#entries.delete(entry.uid)
    this.#pods.delete(entry.uid)
    if (entry.outcome) return
    // The conditions of a Job that ended before its deletion still count.
    const facts = { ...factsOf(entry), isSettled: true } as const
    const outcome = hasEnded(entry) ? classify(facts, this.#now()) : undefined
    this.#end(entry, outcome ?? deleted(entry.name))
  }

  #end(entry: TrackedJob, ended: Outcome): void {
    const outcome = clipOutcome(ended)
    entry.outcome = outcome
    this.#listener.ended(entry, outcome)
    this.#awaited.tell(entry.uid, outcome)
  }
}

/** The Job has a final condition. */
const hasEnded = ({ job }: TrackedJob): boolean => job.complete !== undefined || job.failed !== undefined

/** Whether the outcome cannot change any more, even if the observed facts are old. */
const isSure = (entry: TrackedJob, outcome: Outcome): boolean =>
  hasEnded(entry) || (!entry.job.failureTarget && !isGivenUp(outcome))

/** Its only pod runs normally: any change will arrive as an event. There may be thousands of these. */
function isUndisturbed(entry: TrackedJob): boolean {
  const [pod] = entry.pods.values()
  if (entry.pods.size !== 1 || pod?.phase !== 'Running') return false
  const isGoing =
    pod.deletionDeadline !== undefined || pod.disruption !== undefined || pod.waiting !== undefined
  return !isGoing && !hasEnded(entry) && !entry.job.failureTarget
}

const deleted = (name: string): Outcome => ({
  type: 'lost',
  reason: 'JobDeleted',
  message: `Job ${name} was deleted before it ended`,
})
