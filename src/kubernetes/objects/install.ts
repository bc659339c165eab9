import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import type { JsonObject } from '../../lib/json.ts'
import type { Kube } from '../client/client.ts'
import { isAlreadyExists, isConflict, isNotFound } from '../client/errors.ts'
import { collectionPath, objectPath, resources } from '../client/resource-path.ts'
import { conditionOf } from '../status/conditions.ts'

const crdDir = join(import.meta.dirname, '../../../deploy/crds')
const crds = resources.CustomResourceDefinition
const manager = { fieldManager: 'millrace' }
const LOOK_MS = 100
/**
 * Ends a hang. The API server takes about a second to serve a new kind, and longer to drop an old version of
 * it. A server that has just started on busy cores takes many times as long.
 */
const WITHIN_MS = 180_000

/**
 * Creates or updates our CRDs. Resolves with their names when the API server serves them. Safe to repeat and
 * to run in parallel. Throws KubeError, or an Error that names the CRD that is not served.
 */
export async function installCrds(kube: Kube, dir = crdDir): Promise<string[]> {
  const files = readdirSync(dir).filter((file) => file.endsWith('.yaml'))
  const wanted = files.map((file): JsonObject => parse(readFileSync(join(dir, file), 'utf8')))
  return Promise.all(wanted.map((crd) => installOne(kube, crd)))
}

async function installOne(kube: Kube, crd: JsonObject): Promise<string> {
  const name = String((crd.metadata as JsonObject).name)
  const giveUpAt = performance.now() + WITHIN_MS
  let isWritten = false
  while (performance.now() < giveUpAt) {
    isWritten ||= await write(kube, crd, name)
    if (isWritten && (await isServed(kube, crd, name))) return name
    await sleep(LOOK_MS)
  }
  throw new Error(
    `The API server does not serve ${name} after ${WITHIN_MS / 1000} s: kubectl describe crd ${name} shows why`,
  )
}

/** False when the CRD is being deleted, or another writer was faster (the server itself sets its status). */
async function write(kube: Kube, crd: JsonObject, name: string): Promise<boolean> {
  const path = objectPath(crds, undefined, name)
  try {
    const { resourceVersion, deletionTimestamp } = (await kube.get(path)).metadata as JsonObject
    if (deletionTimestamp !== undefined) return false
    const metadata = { ...(crd.metadata as JsonObject), resourceVersion }
    await kube.replace(path, { ...crd, metadata }, manager)
    return true
  } catch (error) {
    if (isConflict(error)) return false
    if (!isNotFound(error)) throw error
  }
  try {
    await kube.create(collectionPath(crds), crd, manager)
    return true
  } catch (error) {
    if (isAlreadyExists(error)) return false
    throw error
  }
}

/** The condition Established comes first; the objects can be listed a moment later. */
async function isServed(kube: Kube, crd: JsonObject, name: string): Promise<boolean> {
  if (!conditionOf(await kube.get(objectPath(crds, undefined, name)), 'Established')) return false
  const { group, names, versions } = crd.spec as JsonObject & Spec
  try {
    for (const version of versions.filter(({ served }) => served))
      await kube.list(collectionPath({ apiVersion: `${group}/${version.name}`, plural: names.plural }))
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

interface Spec {
  group: string
  names: { plural: string }
  versions: { name: string; served: boolean }[]
}
