/** Where one figure's objects live, so that they do not weigh on the next. */
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeUnreachable } from '../../src/kubernetes/client/errors.ts'
import { until } from '../until.ts'
import { busyDuring } from './cpu.ts'
import type { World } from './env.ts'

/** A namespace in which pods can start at once. */
export async function namespaceFor({ kube }: World, prefix: string): Promise<string> {
  const name = `${prefix}-${Math.random().toString(16).slice(2, 8)}`
  await kube.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const accounts = `/api/v1/namespaces/${name}/serviceaccounts`
  await until(`the service account of ${name}`, async () => (await kube.list(accounts)).items.length > 0)
  return name
}

/** Removes Jobs and pods, so that one figure does not weigh on the next, and returns when all is quiet again. */
export async function clear(world: World, namespace: string): Promise<void> {
  await remove(world, namespace)
  await rest(world)
}

/** What is idle but for the heartbeats of a thousand simulated nodes. */
const QUIET = 0.25
const REST_MS = 600_000

/** The controllers are at work on thousands of deletions long after the objects are gone. */
async function rest({ say }: World): Promise<void> {
  const isQuiet = async (): Promise<boolean> => (await busyDuring(() => sleep(2_000))) < QUIET
  const told = setTimeout(() => say('  waiting until the cluster has come to rest'), 10_000)
  try {
    await until('the cluster has come to rest', isQuiet, REST_MS, 0)
  } catch {
    say('  it has not: the next figure is measured on a cluster that has other work')
  } finally {
    clearTimeout(told)
  }
}

async function remove({ kube }: World, namespace: string): Promise<void> {
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`
  const pods = `/api/v1/namespaces/${namespace}/pods`
  await until(
    `no pods in ${namespace}`,
    async () => {
      try {
        await kube.deleteCollection(jobs, '', { propagationPolicy: 'Background' })
        return (await kube.list(jobs)).items.length + (await kube.list(pods)).items.length === 0
      } catch (error) {
        // Thousands take longer than a call may last; it goes on where it was.
        if (error instanceof KubeUnreachable) return false
        throw error
      }
    },
    900_000,
    1_000,
  )
}
