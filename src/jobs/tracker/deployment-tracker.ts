import type { JsonObject } from '../../lib/json.ts'
import { type DeploymentFacts, observeDeployment } from '../observe/deployment.ts'
import type { PodFacts } from '../observe/facts.ts'
import type { WatchEvent } from './job-tracker.ts'
import { serviceKey } from './keys.ts'
import { uidOf } from './read-objects.ts'
import type { SeenPod } from './tracked-job.ts'

/** What is kept of a Deployment. */
export interface SeenDeployment {
  uid: string
  facts: DeploymentFacts
}

export const readDeployment = (object: JsonObject): SeenDeployment => ({
  uid: uidOf(object),
  facts: observeDeployment(object),
})

/** Index of our Deployments and their pods, for the activities that wait for them. */
export class DeploymentTracker {
  readonly #deployments = new Map<string, DeploymentFacts>()
  readonly #deleted = new Set<string>()
  /** By `serviceKey`, then by uid of the pod. */
  readonly #pods = new Map<string, Map<string, PodFacts>>()
  readonly #waiting = new Set<() => void>()

  get(uid: string): DeploymentFacts | undefined {
    return this.#deployments.get(uid)
  }

  /** True once after a known Deployment was deleted. The caller then reads the cluster itself. */
  takeDeleted(uid: string): boolean {
    return this.#deleted.delete(uid)
  }

  podsOf(run: string, node: string): PodFacts[] {
    return [...(this.#pods.get(serviceKey(run, node))?.values() ?? [])]
  }

  /** Resolves at the next change of anything here, after `withinMs` at the latest; rejects when aborted. */
  changed(withinMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', aborted)
        this.#waiting.delete(done)
        resolve()
      }
      const aborted = (): void => {
        done()
        reject(signal.reason)
      }
      const timer = setTimeout(done, withinMs)
      signal.addEventListener('abort', aborted)
      this.#waiting.add(done)
    })
  }

  syncDeployments(all: readonly SeenDeployment[]): void {
    const here = new Set(all.map(({ uid }) => uid))
    for (const uid of this.#deployments.keys()) if (!here.has(uid)) this.#forget(uid)
    for (const each of all) this.#see(each)
    this.#tell()
  }

  onDeployment(type: WatchEvent, seen: SeenDeployment): void {
    if (type === 'DELETED') this.#forget(seen.uid)
    else this.#see(seen)
    this.#tell()
  }

  syncPods(all: readonly SeenPod[]): void {
    this.#pods.clear()
    for (const pod of all) this.#seePod(pod)
    this.#tell()
  }

  onPod(type: WatchEvent, pod: SeenPod): void {
    if (pod.job !== undefined) return
    if (type === 'DELETED') this.#pods.get(pod.service)?.delete(pod.uid)
    else this.#seePod(pod)
    this.#tell()
  }

  #see({ uid, facts }: SeenDeployment): void {
    this.#deployments.set(uid, facts)
    this.#deleted.delete(uid)
  }

  #seePod({ uid, job, service, facts }: SeenPod): void {
    if (job !== undefined) return
    const known = this.#pods.get(service) ?? new Map<string, PodFacts>()
    known.set(uid, facts)
    this.#pods.set(service, known)
  }

  #forget(uid: string): void {
    this.#deployments.delete(uid)
    this.#deleted.add(uid)
  }

  #tell(): void {
    for (const done of [...this.#waiting]) done()
  }
}
