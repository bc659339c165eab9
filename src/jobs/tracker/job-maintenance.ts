import type { Kube } from '../../kubernetes/client/client.ts'
import { ignoreNotFound, isNotFound } from '../../kubernetes/client/errors.ts'
import { objectPath, resources } from '../../kubernetes/client/resource-path.ts'
import type { Outcome } from '../../model/outcome.ts'
import type { PodFacts } from '../observe/facts.ts'
import { isGivenUp } from '../observe/give-up.ts'
import type { TrackedJob } from './tracked-job.ts'

/** How long it is cached whether a cluster node exists. */
const NODE_TTL_MS = 30_000

/** The changes that the tracker itself makes to Jobs. All of them can be repeated. */
export class JobMaintenance {
  readonly #kube: Kube
  readonly #log: (message: string) => void
  readonly #nodes = new Map<string, { missing: boolean; until: number }>()

  constructor(kube: Kube, log: (message: string) => void) {
    this.#kube = kube
    this.#log = log
  }

  /**
   * An attempt that is given up ends while its Job is still alive, and a Job that runs on would contradict
   * the outcome. So the Job is failed first, by a deadline in the past.
   */
  async beforeEnd(entry: TrackedJob, outcome: Outcome): Promise<void> {
    // A Job that ended by itself is left alone: a deadline would delete its pod and its log.
    if (isGivenUp(outcome)) await this.#patch(entry, { spec: { activeDeadlineSeconds: 1 } })
  }

  /** The outcome is recorded: from now on the author's time to live may delete the Job. */
  async settle(entry: TrackedJob, outcome: Outcome): Promise<void> {
    if (entry.ttlSeconds === undefined || outcome.reason === 'JobDeleted') return
    await this.#patch(entry, { spec: { ttlSecondsAfterFinished: entry.ttlSeconds } })
  }

  /** Deletes a Job whose run is over: nothing waits for it, and nothing else would end it. */
  async removeOrphan(entry: TrackedJob): Promise<void> {
    this.#log(`${entry.namespace}/${entry.name}: its run ${entry.runId} has ended, deleting the orphan`)
    await ignoreNotFound(
      this.#kube.delete(jobPath(entry), {
        propagationPolicy: 'Background',
        preconditions: { uid: entry.uid },
      }),
    )
  }

  /** True when a pod that does not start is pinned to a cluster node that is known not to exist. */
  isUnknownClusterNode(pod: PodFacts | undefined): boolean {
    if (pod?.phase !== 'Pending' || pod.acceptedAt !== undefined || pod.clusterNode === undefined)
      return false
    const known = this.#nodes.get(pod.clusterNode)
    if (!known || known.until < Date.now()) this.#lookUp(pod.clusterNode)
    return known?.missing ?? false
  }

  #lookUp(name: string): void {
    const until = Date.now() + NODE_TTL_MS
    this.#nodes.set(name, { missing: this.#nodes.get(name)?.missing ?? false, until })
    this.#kube.get(objectPath(resources.Node, undefined, name)).then(
      () => this.#nodes.set(name, { missing: false, until }),
      (error: unknown) => {
        if (isNotFound(error)) this.#nodes.set(name, { missing: true, until })
      },
    )
  }

  async #patch(entry: TrackedJob, patch: object): Promise<void> {
    // The uid makes it conditional: a later Job of the same name must not be changed.
    await ignoreNotFound(this.#kube.patch(jobPath(entry), { metadata: { uid: entry.uid }, ...patch }))
  }
}

const jobPath = ({ namespace, name }: TrackedJob): string => objectPath(resources.Job, namespace, name)
