import type { JsonObject } from '../../lib/json.ts'
import type { Kube } from './client.ts'
import { isNotFound } from './errors.ts'

/** The object at this path; undefined when there is none. */
export async function getOrNothing(kube: Kube, path: string): Promise<JsonObject | undefined> {
  try {
    return await kube.get(path)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
