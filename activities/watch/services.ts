import type { JsonObject } from '../../src/json.ts'
import { objectAt } from '../../src/plan/overlay.ts'
import { NODE_ANNOTATION, RUN_LABEL } from '../../workflows/names.ts'
import { type DeploymentFacts, observeDeployment } from '../observe/deployment.ts'
import type { PodFacts } from '../observe/facts.ts'
import { observePod } from '../observe/pod.ts'
import type { WatchEvent } from './attempts.ts'
import { jobOfPod, uidOf } from './entry.ts'

/** What the shared watch knows of our Deployments and their pods, for the activities that stay with them. */
export class Services {
  readonly #deployments = new Map<string, DeploymentFacts>()
  readonly #deleted = new Set<string>()
  /** By run and node, then by uid of the pod. */
  readonly #pods = new Map<string, Map<string, PodFacts>>()
  readonly #waiting = new Set<() => void>()

  get(uid: string): DeploymentFacts | undefined {
    return this.#deployments.get(uid)
  }

  /** True once when it was seen and is no more: who asks looks at the cluster itself. */
  takeDeleted(uid: string): boolean {
    return this.#deleted.delete(uid)
  }

  podsOf(run: string, node: string): PodFacts[] {
    return [...(this.#pods.get(`${run}/${node}`)?.values() ?? [])]
  }

  /** Resolves at the next change of anything here, at the latest after `withinMs`; rejects when aborted. */
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

  syncDeployments(all: readonly JsonObject[]): void {
    const here = new Set(all.map(uidOf))
    for (const uid of this.#deployments.keys()) if (!here.has(uid)) this.#forget(uid)
    for (const each of all) this.#see(each)
    this.#tell()
  }

  onDeployment(type: WatchEvent, object: JsonObject): void {
    if (type === 'DELETED') this.#forget(uidOf(object))
    else this.#see(object)
    this.#tell()
  }

  syncPods(all: readonly JsonObject[]): void {
    this.#pods.clear()
    for (const pod of all) this.#seePod(pod)
    this.#tell()
  }

  onPod(type: WatchEvent, pod: JsonObject): void {
    if (jobOfPod(pod) !== undefined) return
    if (type === 'DELETED') this.#pods.get(keyOf(pod))?.delete(uidOf(pod))
    else this.#seePod(pod)
    this.#tell()
  }

  #see(deployment: JsonObject): void {
    this.#deployments.set(uidOf(deployment), observeDeployment(deployment))
    this.#deleted.delete(uidOf(deployment))
  }

  #seePod(pod: JsonObject): void {
    if (jobOfPod(pod) !== undefined) return
    const known = this.#pods.get(keyOf(pod)) ?? new Map<string, PodFacts>()
    known.set(uidOf(pod), observePod(pod))
    this.#pods.set(keyOf(pod), known)
  }

  #forget(uid: string): void {
    this.#deployments.delete(uid)
    this.#deleted.add(uid)
  }

  #tell(): void {
    for (const done of [...this.#waiting]) done()
  }
}

function keyOf(pod: JsonObject): string {
  const metadata = objectAt(pod, 'metadata')
  return `${objectAt(metadata, 'labels')[RUN_LABEL]}/${objectAt(metadata, 'annotations')[NODE_ANNOTATION]}`
}
