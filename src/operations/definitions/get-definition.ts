import type { DefinitionType } from '../../manifests/kinds/kinds.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import type { Catalog, StoredObject } from '../ports/catalog.ts'
import { describeObject } from '../runs/run-object.ts'

export type DefinitionRef = DefinitionType & { namespace: string; name: string }

/** The stored definition. Its `resourceVersion` is the ETag. */
export async function getDefinition({ deps, input }: Call<DefinitionRef>): Promise<StoredObject> {
  const stored = await deps.catalog.get(input)
  if (!stored) throw noSuchDefinition(input)
  return withStatus(deps.catalog, stored)
}

/** Adds the status of the JobTemplate format, computed on each read: nothing has to keep it up to date. */
export async function withStatus(catalog: Catalog, stored: StoredObject): Promise<StoredObject> {
  if (stored.kind !== 'JobTemplate') return stored
  const { namespace, name } = stored.metadata
  return { ...stored, status: { dependencyList: await catalog.jobsOfTemplate(namespace, name) } }
}

export const noSuchDefinition = (ref: DefinitionRef): AppError =>
  new AppError('not-found', `${describeObject(ref)} does not exist.`)
