/**
 * JobTracker: what the shared watch of a worker process knows, and who is told when one ends.
 *
 * Every worker keeps one list-and-watch of our Jobs and one of our pods. From these this index keeps a few facts
 * per attempt and derives its outcome as soon as it is safe. An attempt that carries a task token is finished by
 * that token (the reporter does it); one of a fleet is awaited in this process. Several workers may see the same
 * end: a second completion is refused by Temporal and harmless, so there is no leader.
 *
 * Nothing here is remembered beyond the process. After a restart, a cut watch or an expired version the lists
 * come whole again, and everything is derived again from what is there; what is missing then was deleted.
 */
import { clipOutcome, type Outcome } from '../../model/outcome.ts'
import { carryOver } from '../observe/carry-over.ts'
import { classify } from '../observe/classify.ts'
import type { PodFacts } from '../observe/facts.ts'
import { isGivenUp } from '../observe/give-up.ts'
import { JobWaiters } from './job-waiters.ts'
import { factsOf, type SeenJob, type SeenPod, type TrackedJob } from './tracked-job.ts'

export type WatchEvent = 'ADDED' | 'MODIFIED' | 'DELETED'

export interface JobTrackerListener {
  /** The attempt has come to its end; told once per task token. */
  ended(entry: TrackedJob, outcome: Outcome): void
  /** Something about an attempt under way looks different now. */
  changed(entry: TrackedJob): void
  /**
   * Its pods are to be read for `settle`: its Job has ended and no pod that was seen tells how, or it is to be
   * given up by what was seen of them, which may be long ago when the API server was away.
   */
  unexplained(entry: TrackedJob): void
}

export class JobTracker {
  readonly #entries = new Map<string, TrackedJob>()
  /** Pods by the uid of their Job, from before the Job itself was seen too. */
  readonly #pods = new Map<string, Map<string, PodFacts>>()
  readonly #awaited = new JobWaiters()
  readonly #listener: JobTrackerListener
  readonly #now: () => number
  /** Before the first list of pods a Job's failure would look as if its pod had been taken away. */
  #podsKnown = false

  constructor(listener: JobTrackerListener, now: () => number = Date.now) {
    this.#listener = listener
    this.#now = now
  }

  /** Entries that have not ended. */
  open(): TrackedJob[] {
    return this.all().filter(({ outcome }) => outcome === undefined)
  }

  /** Of all that is known, ended or not. */
  all(): TrackedJob[] {
    return [...this.#entries.values()]
  }

  get(uid: string): TrackedJob | undefined {
    return this.#entries.get(uid)
  }

  /** Whether somebody in this process awaits the Job `uid`. */
  isAwaited(uid: string): boolean {
    return this.#awaited.has(uid)
  }

  /** Resolves with the outcome of the Job `uid`, at once when it has ended already. */
  ended(uid: string, signal: AbortSignal): Promise<Outcome> {
    const known = this.#entries.get(uid)?.outcome
    return known ? Promise.resolve(known) : this.#awaited.ended(uid, signal)
  }

  /** Everything there is: what was known and is not here any more has been deleted. */
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
    // Jobs that were listed before them have not been looked at yet, those that run included.
    for (const entry of this.open()) this.#evaluate(entry)
  }

  onJob(type: WatchEvent, seen: SeenJob): void {
    const { uid } = seen
    const entry = this.#entries.get(uid) ?? { ...seen, pods: this.#podsOf(uid), looks: 0 }
    // A new token means that another try of the activity waits now: it has to be told again.
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

  /** The pods of a Job, read just now: what was known of others that are not among them is the past. */
  settle(uid: string, pods: readonly SeenPod[]): void {
    const entry = this.#entries.get(uid)
    if (!entry) return
    const here = new Set(pods.map((pod) => pod.uid))
    for (const [pod, facts] of entry.pods) if (!here.has(pod)) this.#podDeleted(uid, facts)
    for (const pod of pods) this.onPod('MODIFIED', pod)
    // One that has failed and still waits for its pods has more to tell.
    if (hasEnded(entry) || pods.length === 0) entry.isSettled = true
    this.#evaluate(entry, true)
  }

  /** Looks again at what time alone may have decided. */
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
    // A pod whose Job nobody knows (any more) has nothing left to explain.
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
    // What a Job said before it was deleted stands.
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

/** Kubernetes has done with it. */
const hasEnded = ({ job }: TrackedJob): boolean => job.complete !== undefined || job.failed !== undefined

/** Whatever comes to pass after the moment at which it was seen like this, it stays so. */
const isSure = (entry: TrackedJob, outcome: Outcome): boolean =>
  hasEnded(entry) || (!entry.job.failureTarget && !isGivenUp(outcome))

/** Its one pod runs: whatever is to be known of it will come as an event, and there may be thousands of these. */
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
