import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'yaml'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { Kube } from '../kube/client.ts'
import { isAlreadyExists, isConflict, isNotFound } from '../kube/errors.ts'

const crdDir = join(import.meta.dirname, '../../deploy/crds')
const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const LOOK_MS = 100
const WITHIN_MS = 30_000

/** Creates or updates our CRDs, and resolves when the API server serves them. Safe to repeat and side by side. */
export async function installCrds(kube: Kube, dir = crdDir): Promise<string[]> {
  const files = readdirSync(dir).filter((file) => file.endsWith('.yaml'))
  const crds = files.map((file): JsonObject => parse(readFileSync(join(dir, file), 'utf8')))
  return Promise.all(crds.map((crd) => installOne(kube, crd)))
}

async function installOne(kube: Kube, crd: JsonObject): Promise<string> {
  const name = String((crd.metadata as JsonObject).name)
  const path = `${collection}/${name}`
  const giveUpAt = Date.now() + WITHIN_MS
  try {
    const { resourceVersion } = (await kube.get(path)).metadata as JsonObject
    await kube.replace(path, { ...crd, metadata: { ...(crd.metadata as JsonObject), resourceVersion } })
  } catch (error) {
    if (isNotFound(error)) await kube.create(collection, crd).catch(passConflict)
    else passConflict(error)
  }
  while (Date.now() < giveUpAt) {
    if (isEstablished(await kube.get(path))) return name
    await sleep(LOOK_MS)
  }
  throw new Error(
    `The API server does not serve ${name} after ${WITHIN_MS / 1000} s; kubectl describe crd ${name} says why`,
  )
}

/** Another process installs at the same time: its version is as good as ours. */
function passConflict(error: unknown): void {
  if (!isConflict(error) && !isAlreadyExists(error)) throw error
}

function isEstablished({ status }: JsonObject): boolean {
  const conditions = isJsonObject(status) && Array.isArray(status.conditions) ? status.conditions : []
  return conditions.some((one) => isJsonObject(one) && one.type === 'Established' && one.status === 'True')
}
