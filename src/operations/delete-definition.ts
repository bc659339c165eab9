import { AppError } from './app-error.ts'
import type { Call } from './call.ts'
import { type DefinitionRef, noSuchDefinition } from './get-definition.ts'
import { describeObject } from './run-object.ts'

export interface DeleteDefinitionInput extends DefinitionRef {
  /** The resourceVersion that is to be deleted. */
  ifMatch?: string
}

/** Runs that were made from it go on: they carry their plan. */
export async function deleteDefinition({ deps, input }: Call<DeleteDefinitionInput>): Promise<void> {
  const { ifMatch, ...ref } = input
  const stored = await deps.catalog.get(ref)
  if (!stored) throw noSuchDefinition(ref)
  const { uid, resourceVersion } = stored.metadata
  const changed = (cause?: unknown): AppError =>
    new AppError('precondition', `${describeObject(ref)} is not the version that If-Match names.`, { cause })
  if (ifMatch !== undefined && ifMatch !== resourceVersion) throw changed()
  try {
    await deps.catalog.delete(ref, ifMatch === undefined ? { uid } : { uid, resourceVersion })
  } catch (error) {
    if (ifMatch !== undefined && error instanceof AppError && error.code === 'conflict') throw changed(error)
    throw error
  }
}
