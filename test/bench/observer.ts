import { setTimeout as sleep } from 'node:timers/promises'
import { watch } from '../../src/kubernetes/client/watch.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { objectAt } from '../../src/lib/json.ts'
import { type Env, nameOf } from './env.ts'

/**
 * Observes when a step's pod has succeeded and when the next step's Job exists, both by the clock of this process. The
 * gap between them is the engine's own share. Steps are named `<run>-s<number>`.
 */
export async function observeGaps(
  { kube }: Env,
  namespace: string,
): Promise<{ gapsMs(): number[]; stop(): Promise<void> }> {
  const created = new Map<string, number>()
  const finished = new Map<string, number>()
  const first = (times: Map<string, number>, name: string | undefined): void => {
    if (name !== undefined && !times.has(name)) times.set(name, performance.now())
  }
  const seeJob = (name: string): void => first(created, name)
  const seePod = (name: string | undefined): void => first(finished, name)
  const common = { selector: '', onError: () => undefined }
  const watches = [
    watch(kube, {
      ...common,
      path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
      read: nameOf,
      onSync: (all) => all.forEach(seeJob),
      onEvent: (_type, name) => seeJob(name),
    }),
    watch(kube, {
      ...common,
      path: `/api/v1/namespaces/${namespace}/pods`,
      read: succeededJobOf,
      onSync: (all) => all.forEach(seePod),
      onEvent: (_type, name) => seePod(name),
    }),
  ]
  await Promise.all(watches.map(({ synced }) => synced))
  return {
    gapsMs: () =>
      [...finished].flatMap(([name, at]) => {
        const [, run, step] = /^(.*)-s(\d+)$/.exec(name) ?? []
        const next = created.get(`${run}-s${Number(step) + 1}`)
        return next === undefined ? [] : [next - at]
      }),
    async stop() {
      // Events that the API server has sent are still on their way.
      await sleep(200)
      await Promise.all(watches.map((one) => one.stop()))
    },
  }
}

/** The name of the Job of a succeeded pod. */
function succeededJobOf(pod: JsonObject): string | undefined {
  if (objectAt(pod, 'status').phase !== 'Succeeded') return undefined
  return String(objectAt(objectAt(pod, 'metadata'), 'labels')['batch.kubernetes.io/job-name'])
}
