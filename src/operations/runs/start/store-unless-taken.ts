import { IDEMPOTENCY_ANNOTATION, SCHEDULED_TIME_ANNOTATION } from '../../../model/labels.ts'
import { AppError } from '../../app-error.ts'
import { createDefinitions, type Definitions } from '../../definitions/definitions.ts'
import type { Deps } from '../../deps.ts'
import type { ParsedRun } from '../../manifests/parse-run.ts'
import { refusal } from '../../manifests/refusal.ts'
import type { StoredObject } from '../../ports/catalog.ts'
import type { RunStart } from '../../ports/runs.ts'
import { describeObject, refOf } from '../run-object.ts'
import { type StoredRun, storeRun } from './store-run.ts'

/** Where a run comes from. */
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

/**
 * storeRun for a request that starts one run. `taken`: an object of this name exists and was not made by this
 * request. A refusal is thrown, as an AppError with all issues.
 */
export async function storeUnlessTaken(
  deps: Deps,
  run: ParsedRun,
  origin: Origin,
): Promise<StoredRun | 'taken'> {
  const { manifest, namespace } = run
  const { key, definition, trigger = 'api', scheduledAt } = origin
  const current = isNamedByAuthor(origin) ? undefined : { stored: await read(deps, run) }
  if (current?.stored && !isMine(current.stored, origin)) return 'taken'
  if (!current?.stored) await origin.beforeCreate?.()
  const outcome = await storeRun(deps, {
    manifest,
    namespace,
    ...(current ? { current } : { createFirst: true }),
    definitions: origin.definitions ?? createDefinitions(deps.catalog, deps.settings),
    trigger,
    ...(definition === undefined ? {} : { definition }),
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
    annotations: {
      ...(key === undefined ? {} : { [IDEMPOTENCY_ANNOTATION]: key }),
      ...(scheduledAt === undefined ? {} : { [SCHEDULED_TIME_ANNOTATION]: scheduledAt }),
    },
  })
  if (outcome.result === 'refused') throw refusal(outcome.issues.map(run.issue))
  const { object } = outcome
  // Another request may have taken the name between our read and our write.
  if (!object || (outcome.result === 'unchanged' && !isMine(object, origin))) return 'taken'
  return { ...outcome, object }
}

const read = ({ catalog }: Deps, { manifest, namespace }: ParsedRun): Promise<StoredObject | undefined> =>
  catalog.get(refOf(manifest, namespace))

/** A manifest names its object, so an existing object of that name is the one it means. */
const isNamedByAuthor = ({ key, definition }: Origin): boolean =>
  key === undefined && definition === undefined

/** Without a key, only a manifest can refer to an existing object. */
const isMine = (object: StoredObject, origin: Origin): boolean =>
  isNamedByAuthor(origin) ||
  (origin.key !== undefined && object.metadata.annotations?.[IDEMPOTENCY_ANNOTATION] === origin.key)

export const taken = ({ manifest, namespace }: ParsedRun): AppError => {
  return new AppError(
    'conflict',
    `${describeObject(refOf(manifest, namespace))} already exists and was not created by this request: use another name.`,
  )
}
