import pLimit from 'p-limit'
import type { Kube } from '../../kubernetes/client/client.ts'
import { collectionPath, resources } from '../../kubernetes/client/resource-path.ts'
import type { JobTracker } from './job-tracker.ts'
import { readPod } from './read-objects.ts'
import type { SeenPod, TrackedJob } from './tracked-job.ts'

/** The missing pod event usually arrives within this time. */
const GRACE_MS = 1_000
/** Concurrent reads: after an outage there may be hundreds. */
const AT_ONCE = 8

/**
 * Jobs and pods have separate informers, and either may lag: after an outage a Job may have ended a minute
 * ago while its pod still seems to run. Its exit code and output are then read, never guessed.
 */
export class PodRefetcher {
  readonly #kube: Pick<Kube, 'listAs'>
  readonly #attempts: Pick<JobTracker, 'settle'>
  readonly #warn: (message: string, error: unknown) => void
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #limit = pLimit(AT_ONCE)

  constructor(
    kube: Pick<Kube, 'listAs'>,
    attempts: Pick<JobTracker, 'settle'>,
    warn: (message: string, error: unknown) => void,
  ) {
    this.#kube = kube
    this.#attempts = attempts
    this.#warn = warn
  }

  /** Merges requests for the same Job. After a failed read the caller must ask again. */
  explain(entry: TrackedJob): void {
    if (this.#timers.has(entry.uid)) return
    const timer = setTimeout(() => void this.#limit(() => this.#look(entry)), GRACE_MS)
    this.#timers.set(entry.uid, timer)
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#limit.clearQueue()
  }

  async #look(entry: TrackedJob): Promise<void> {
    try {
      if (entry.outcome === undefined) this.#attempts.settle(entry.uid, await this.#podsOf(entry))
    } catch (error) {
      this.#warn(`the pods of ${entry.namespace}/${entry.name} cannot be read, retrying`, error)
    } finally {
      this.#timers.delete(entry.uid)
    }
  }

  async #podsOf({ uid, namespace, podSelector }: TrackedJob): Promise<SeenPod[]> {
    const selector = podSelector ?? `controller-uid=${uid}`
    const { items } = await this.#kube.listAs(collectionPath(resources.Pod, namespace), readPod, { selector })
    return items.filter(({ job }) => job === uid)
  }
}
