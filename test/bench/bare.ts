/** The same work with the plain Kubernetes API: create Jobs, watch them, create the next. */
import type { Kube } from '../../src/kubernetes/client/client.ts'
import { watch } from '../../src/kubernetes/client/watch.ts'
import { isJsonObject, type JsonObject, listAt, objectAt } from '../../src/lib/json.ts'
import { type Profiled, profiled } from './cpu.ts'
import { type Env, nameOf } from './env.ts'
import { bareJob, podSpec } from './manifests.ts'
import { clear, namespaceFor } from './namespace.ts'

/** Concurrent creations: more are not faster. */
const CREATORS = 32

const isComplete = (job: JsonObject): boolean =>
  listAt(objectAt(job, 'status'), 'conditions')
    .filter(isJsonObject)
    .some(({ type, status }) => type === 'Complete' && status === 'True')

/** Calls `onComplete` once for each of our Jobs, when its condition Complete is true. */
async function watchJobs(
  kube: Kube,
  namespace: string,
  label: string,
  onComplete: (name: string) => void,
): Promise<() => Promise<void>> {
  const reported = new Set<string>()
  const report = (name: string | undefined): void => {
    if (name === undefined || reported.has(name)) return
    reported.add(name)
    onComplete(name)
  }
  const jobs = watch(kube, {
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    selector: `bench=${label}`,
    read: (job) => (isComplete(job) ? nameOf(job) : undefined),
    onSync: (all) => all.forEach(report),
    onEvent: (_type, name) => report(name),
    onError: () => undefined,
  })
  await jobs.synced
  return () => jobs.stop()
}

/** Seconds from the first creation until the last Job is Complete. */
export async function bareChain(
  kube: Kube,
  namespace: string,
  label: string,
  steps: number,
  pod: JsonObject,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`
  let done = 0
  const next = (): void => {
    if (done === steps) return resolve()
    kube.create(path, bareJob(`${label}-${done}`, pod, { bench: label })).catch(reject)
  }
  const stop = await watchJobs(kube, namespace, label, () => {
    done += 1
    next()
  })
  const startedAt = performance.now()
  next()
  await promise
  await stop()
  return (performance.now() - startedAt) / 1_000
}

/** Seconds for `count` independent Jobs: until all are created, and until all are Complete. */
export async function bareJobs(
  kube: Kube,
  namespace: string,
  label: string,
  count: number,
  podOf: (at: number) => JsonObject,
): Promise<{ created: number; complete: number }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`
  let left = count
  const stop = await watchJobs(kube, namespace, label, () => {
    left -= 1
    if (left === 0) resolve()
  })
  const startedAt = performance.now()
  let at = 0
  const creator = async (): Promise<void> => {
    while (at < count) {
      const number = at++
      await kube.create(path, bareJob(`${label}-${number}`, podOf(number), { bench: label }))
    }
  }
  await Promise.all(Array.from({ length: CREATORS }, creator))
  const created = (performance.now() - startedAt) / 1_000
  await promise
  await stop()
  return { created, complete: (performance.now() - startedAt) / 1_000 }
}

/** Seconds until `count` independent Jobs are Complete, with their CPU profile. Removes them afterwards. */
export async function profileBareJobs(env: Env, count: number): Promise<Profiled<number>> {
  const namespace = await namespaceFor(env, 'bare')
  const pod = podSpec('simulated')
  const result = await profiled(env.components, count, async () => {
    const { complete } = await bareJobs(env.kube, namespace, 'all', count, () => pod)
    return complete
  })
  await clear(env, namespace)
  return result
}
