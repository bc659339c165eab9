/** A namespace for the objects of one figure, so that they do not affect the next. */
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeUnreachable } from '../../src/kubernetes/client/errors.ts'
import { createNamespace } from '../create-namespace.ts'
import { until } from '../until.ts'
import { busyDuring } from './cpu.ts'
import type { Env } from './env.ts'

/** A namespace in which pods can start at once. */
export async function namespaceFor({ kube }: Env, prefix: string): Promise<string> {
  const name = `${prefix}-${Math.random().toString(16).slice(2, 8)}`
  await createNamespace(kube, name)
  return name
}

/** Removes Jobs and pods, and returns when the cluster is idle again. */
export async function clear(env: Env, namespace: string): Promise<void> {
  await remove(env, namespace)
  await untilIdle(env)
}

/** The busy share of an idle cluster with the heartbeats of a thousand simulated nodes. */
const IDLE = 0.25
const IDLE_WITHIN_MS = 600_000

/** Controllers work on thousands of deletions long after the objects are gone. */
async function untilIdle({ say }: Env): Promise<void> {
  const isIdle = async (): Promise<boolean> => (await busyDuring(() => sleep(2_000))) < IDLE
  const notice = setTimeout(() => say('  waiting until the cluster is idle'), 10_000)
  try {
    await until('the cluster is idle', isIdle, IDLE_WITHIN_MS, 0)
  } catch {
    say('  it is still busy: the next figure is measured on a busy cluster')
  } finally {
    clearTimeout(notice)
  }
}

async function remove({ kube }: Env, namespace: string): Promise<void> {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`
  const pods = `/api/v1/namespaces/${namespace}/pods`
  await until(
    `no pods in ${namespace}`,
    async () => {
      try {
        await kube.deleteCollection(jobs, '', { propagationPolicy: 'Background' })
        return (await kube.list(jobs)).items.length + (await kube.list(pods)).items.length === 0
      } catch (error) {
        // Thousands of objects take longer than one call may last; the next call continues.
        if (error instanceof KubeUnreachable) return false
        throw error
      }
    },
    900_000,
    1_000,
  )
}
