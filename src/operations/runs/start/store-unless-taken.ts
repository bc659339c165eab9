import type { Issue } from '../../../manifests/issue.ts'
import { IDEMPOTENCY_ANNOTATION, SCHEDULED_TIME_ANNOTATION } from '../../../model/labels.ts'
import { AppError } from '../../app-error.ts'
import { createDefinitions, type Definitions } from '../../definitions/definitions.ts'
import type { Deps } from '../../deps.ts'
import { refusal, type StagedRun } from '../../manifests/parse-run.ts'
import type { StoredObject } from '../../ports/catalog.ts'
import type { RunStart } from '../../ports/runs.ts'
import { describeObject, runRefOf } from '../run-object.ts'
import { ensureRun, type RunOutcome, type RunRequest } from './store-run.ts'

export interface StartedRun {
  id: string
  kind: string
  namespace: string
  name: string
  result: 'created' | 'unchanged'
  warnings: Issue[]
}

export interface Origin {
  /** The Idempotency-Key of the request. */
  key: string | undefined
  definition?: string
  trigger?: RunStart['trigger']
  /** The scheduled time, for a run that a schedule starts. */
  scheduledAt?: string
  /** Definitions that have been read already. */
  definitions?: Definitions
  /** Throws when no new object may be created. */
  beforeCreate?: () => Promise<void>
}

/** Starts one staged run. `taken`: an object of this name exists and was not made by this request. */
export async function startStaged(
  deps: Deps,
  staged: StagedRun,
  origin: Origin,
): Promise<StartedRun | 'taken'> {
  const { namespace, issue } = staged
  const seen = isNamedByAuthor(origin) ? undefined : await look(deps, staged)
  if (seen?.stored && !isMine(seen.stored, origin)) return 'taken'
  if (!seen?.stored) await origin.beforeCreate?.()
  const outcome = await ensure(deps, staged, origin, seen)
  if (outcome.result === 'refused') throw refusal(outcome.issues.map(issue))
  const { object, result, warnings } = outcome
  // Another request may have taken the name between our read and our write.
  if (!object || (result === 'unchanged' && !isMine(object, origin))) return 'taken'
  const { id, kind, name } = runRefOf(object)
  return { id, kind, namespace, name, result, warnings: warnings.map(issue) }
}

async function look(
  { catalog }: Deps,
  { manifest, namespace }: StagedRun,
): Promise<{ stored: StoredObject | undefined }> {
  return { stored: await catalog.get({ kind: manifest.kind, namespace, name: manifest.metadata.name }) }
}

/** A manifest names its object, so an existing object of that name is the one it means. */
const isNamedByAuthor = ({ key, definition }: Origin): boolean =>
  key === undefined && definition === undefined

/** Without a key, only a manifest can refer to an existing object. */
const isMine = (object: StoredObject, origin: Origin): boolean =>
  isNamedByAuthor(origin) ||
  (origin.key !== undefined && object.metadata.annotations?.[IDEMPOTENCY_ANNOTATION] === origin.key)

async function ensure(
  deps: Deps,
  staged: StagedRun,
  origin: Origin,
  seen: RunRequest['seen'],
): Promise<RunOutcome> {
  const { key, definition, trigger = 'api', scheduledAt } = origin
  const { definitions = createDefinitions(deps.catalog, deps.settings) } = origin
  let unstarted: StoredObject | undefined
  try {
    return await ensureRun(deps, {
      manifest: staged.manifest,
      namespace: staged.namespace,
      ...(seen ? { seen } : { likelyNew: true }),
      definitions,
      trigger,
      ...(definition === undefined ? {} : { definition }),
      ...(scheduledAt === undefined ? {} : { scheduledAt }),
      annotations: {
        ...(key === undefined ? {} : { [IDEMPOTENCY_ANNOTATION]: key }),
        ...(scheduledAt === undefined ? {} : { [SCHEDULED_TIME_ANNOTATION]: scheduledAt }),
      },
      replace: false,
      dryRun: false,
      onStored: (object) => {
        unstarted = object
      },
    })
  } catch (error) {
    if (!unstarted || !(error instanceof AppError && error.code === 'unavailable')) throw error
    throw interrupted(error, unstarted, key !== undefined || definition === undefined)
  }
}

function interrupted(error: AppError, object: StoredObject, canRepeat: boolean): AppError {
  const run = runRefOf(object)
  const remedy = canRepeat
    ? 'Repeat the request to start it.'
    : `DELETE /v1/runs/${run.id} deletes it. A request with an Idempotency-Key can be repeated.`
  const message = `${error.message} Stored but not started: ${describeObject(run)}. ${remedy}`
  return new AppError('unavailable', message, { cause: error })
}

export const taken = ({ manifest, namespace }: StagedRun): AppError => {
  const ref = { kind: manifest.kind, namespace, name: manifest.metadata.name }
  return new AppError(
    'conflict',
    `${describeObject(ref)} already exists and was not created by this request: use another name.`,
  )
}
