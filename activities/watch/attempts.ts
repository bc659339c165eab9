/**
 * Attempts: what the shared watch of a worker process knows, and who is told when one ends.
 *
 * Every worker keeps one list-and-watch of our Jobs and one of our pods. From these this index keeps a few facts
 * per attempt and derives its outcome as soon as it is safe. An attempt that carries a task token is finished by
 * that token (the reporter does it); one of a fleet is awaited in this process. Several workers may see the same
 * end: a second completion is refused by Temporal and harmless, so there is no leader.
 *
 * Nothing here is remembered beyond the process. After a restart, a cut watch or an expired version the lists
 * come whole again, and everything is derived again from what is there; what is missing then was deleted.
 */
import { clipOutcome, type Outcome } from '../../workflows/outcome.ts'
import { carryOver } from '../observe/carry-over.ts'
import { classify } from '../observe/classify.ts'
import type { PodFacts } from '../observe/facts.ts'
import { type Entry, factsOf, type SeenJob, type SeenPod } from './entry.ts'

export type WatchEvent = 'ADDED' | 'MODIFIED' | 'DELETED'

export interface AttemptsListener {
  /** The attempt has come to its end; told once per task token. */
  ended(entry: Entry, outcome: Outcome): void
  /** Something about an attempt under way looks different now. */
  changed(entry: Entry): void
}

/** Those who await a Job in this process, and how many full lists have come without it. */
interface Waiting {
  resolves: Set<(outcome: Outcome) => void>
  missed: number
}

/** One list may be older than the Job that is awaited; two in a row without it are not. */
const MAX_MISSED = 2

export class Attempts {
  readonly #entries = new Map<string, Entry>()
  /** Pods by the uid of their Job, from before the Job itself was seen too. */
  readonly #pods = new Map<string, Map<string, PodFacts>>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #listener: AttemptsListener
  readonly #now: () => number
  /** Before the first list of pods a Job's failure would look as if its pod had been taken away. */
  #podsKnown = false

  constructor(listener: AttemptsListener, now: () => number = Date.now) {
    this.#listener = listener
    this.#now = now
  }

  /** Entries that have not ended. */
  open(): Entry[] {
    return this.all().filter(({ outcome }) => outcome === undefined)
  }

  /** Of all that is known, ended or not. */
  all(): Entry[] {
    return [...this.#entries.values()]
  }

  get(uid: string): Entry | undefined {
    return this.#entries.get(uid)
  }

  /** Whether somebody in this process awaits the Job `uid`. */
  isAwaited(uid: string): boolean {
    return (this.#waiting.get(uid)?.resolves.size ?? 0) > 0
  }

  /** Resolves with the outcome of the Job `uid`, at once when it has ended already. */
  ended(uid: string, signal: AbortSignal): Promise<Outcome> {
    const known = this.#entries.get(uid)?.outcome
    if (known) return Promise.resolve(known)
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

  /** Everything there is: what was known and is not here any more has been deleted. */
  syncJobs(jobs: readonly SeenJob[]): void {
    const here = new Set(jobs.map(({ uid }) => uid))
    for (const job of jobs) this.onJob('MODIFIED', job)
    for (const entry of this.all()) if (!here.has(entry.uid)) this.#deleted(entry)
    for (const [uid, waiting] of this.#waiting) {
      waiting.missed = here.has(uid) ? 0 : waiting.missed + 1
      if (waiting.missed >= MAX_MISSED) this.#tell(uid, deletedUnseen)
    }
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
    if (facts.deletedBy === undefined && (facts.phase === 'Failed' || facts.phase === 'Succeeded')) {
      facts.endedBeforeDeletion = true
    }
    facts.deletedBy ??= new Date(this.#now()).toISOString()
    // A pod whose Job nobody knows (any more) has nothing left to explain.
    if (!this.#entries.has(job)) this.#pods.delete(job)
  }

  #evaluate(entry: Entry): void {
    entry.looks += 1
    if (entry.outcome || !this.#podsKnown) return
    const outcome = classify(factsOf(entry), this.#now())
    if (outcome) this.#end(entry, outcome)
    else this.#listener.changed(entry)
  }

  #deleted(entry: Entry): void {
    this.#entries.delete(entry.uid)
    this.#pods.delete(entry.uid)
    if (entry.outcome) return
    this.#end(entry, {
      type: 'lost',
      reason: 'JobDeleted',
      message: `Job ${entry.name} was deleted before it ended`,
    })
  }

  #end(entry: Entry, ended: Outcome): void {
    const outcome = clipOutcome(ended)
    entry.outcome = outcome
    this.#listener.ended(entry, outcome)
    this.#tell(entry.uid, outcome)
  }

  #tell(uid: string, outcome: Outcome): void {
    for (const resolve of this.#waiting.get(uid)?.resolves ?? []) resolve(outcome)
    this.#waiting.delete(uid)
  }
}

/** Its one pod runs: whatever is to be known of it will come as an event, and there may be thousands of these. */
function isUndisturbed({ job, pods }: Entry): boolean {
  const [pod] = pods.values()
  if (pods.size !== 1 || pod?.phase !== 'Running') return false
  const isGoing = pod.deletedBy !== undefined || pod.disruption !== undefined || pod.waiting !== undefined
  return !isGoing && !job.complete && !job.failed && !job.failureTarget
}

const deletedUnseen: Outcome = {
  type: 'lost',
  reason: 'JobDeleted',
  message: 'the Job was deleted while no watch saw it',
}
