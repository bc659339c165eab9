import { retryOnConflict } from '../../lib/retry-on-conflict.ts'
import type { DefinitionManifest } from '../../manifests/kinds/kinds.ts'
import { AppError } from '../app-error.ts'
import type { Deps } from '../deps.ts'
import { ownAnnotations, toObject, updateObject } from '../manifests/to-object.ts'
import type { Catalog, StoredObject } from '../ports/catalog.ts'
import { asksTheSame, describeObject, refOf } from '../runs/run-object.ts'
import { syncSchedule } from '../schedules/sync-schedule.ts'

export interface DefinitionOutcome {
  result: 'created' | 'configured' | 'unchanged'
  /** The stored object; absent in a dry run that would create it. */
  object?: StoredObject
}

interface Options {
  dryRun?: boolean
  ifMatch?: string
}

/**
 * Creates or updates a definition, and updates the schedule of a Pipeline. With `ifMatch`, throws AppError
 * `precondition` unless that is the stored version.
 */
export async function storeDefinition(
  deps: Pick<Deps, 'catalog' | 'schedules' | 'settings'>,
  manifest: DefinitionManifest,
  namespace: string,
  options: Options,
): Promise<DefinitionOutcome> {
  const outcome = await store(deps.catalog, manifest, namespace, options)
  if (manifest.kind === 'Pipeline' && !options.dryRun)
    await syncSchedule(deps, { namespace, name: manifest.metadata.name })
  return outcome
}

async function store(
  catalog: Catalog,
  manifest: DefinitionManifest,
  namespace: string,
  options: Options,
): Promise<DefinitionOutcome> {
  const ref = refOf(manifest, namespace)
  let conflict: unknown
  const outcome = await retryOnConflict(async (): Promise<DefinitionOutcome | undefined> => {
    const stored = await catalog.get(ref)
    if (options.ifMatch !== undefined && stored?.metadata.resourceVersion !== options.ifMatch) {
      throw changedMeanwhile(ref, stored)
    }
    if (stored?.metadata.deletionTimestamp) {
      throw new AppError(
        'conflict',
        `${describeObject(ref)} is being deleted: wait until it no longer exists.`,
      )
    }
    try {
      if (!stored) {
        if (options.dryRun) return { result: 'created' }
        return { result: 'created', object: await catalog.create(toObject(manifest, namespace)) }
      }
      if (isStored(stored, manifest)) return { result: 'unchanged', object: stored }
      if (options.dryRun) return { result: 'configured', object: stored }
      const update = updateObject(stored, manifest)
      return { result: 'configured', object: await catalog.replace(update, stored.metadata.resourceVersion) }
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error
      conflict = error
      return undefined
    }
  })
  if (!outcome) throw conflict
  return outcome
}

/** Ignores labels and annotations that the manifest does not set: they belong to others. */
function isStored(stored: StoredObject, manifest: DefinitionManifest): boolean {
  const has = (present: Record<string, string> = {}, wanted: Record<string, string> = {}): boolean =>
    Object.entries(wanted).every(([name, value]) => present[name] === value)
  return (
    asksTheSame(stored, manifest) &&
    has(stored.metadata.labels, manifest.metadata.labels) &&
    has(stored.metadata.annotations, ownAnnotations(manifest))
  )
}

function changedMeanwhile(
  ref: Parameters<typeof describeObject>[0],
  stored: StoredObject | undefined,
): AppError {
  const now = stored ? `it has version "${stored.metadata.resourceVersion}" now` : 'it does not exist'
  return new AppError(
    'precondition',
    `The current version of ${describeObject(ref)} is not the one in If-Match: ${now}.`,
  )
}
