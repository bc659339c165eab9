import { definitionOf } from '../../../compiler/definition-refs.ts'
import { retryOnConflict } from '../../../lib/retry-on-conflict.ts'
import { type Finding, formatPath } from '../../../manifests/issue.ts'
import type { RunManifest } from '../../../manifests/kinds/kinds.ts'
import type { Plan } from '../../../model/plan.ts'
import { AppError } from '../../app-error.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import type { Deps } from '../../deps.ts'
import { toObject } from '../../manifests/to-object.ts'
import type { StoredObject } from '../../ports/catalog.ts'
import type { RunStart } from '../../ports/runs.ts'
import { removeRun } from '../remove-run.ts'
import { asksTheSame, describeObject, isStarted, refOf, runRefOf } from '../run-object.ts'
import { type AcceptedRun, acceptRun } from './accept-run.ts'

export interface RunRequest {
  manifest: RunManifest
  namespace: string
  definitions: Definitions
  trigger: RunStart['trigger']
  definition?: string
  /** Annotations that Millrace sets on the object, such as the Idempotency-Key. */
  annotations?: Record<string, string>
  /** The scheduled time, for a run that a schedule starts. */
  scheduledAt?: string
  /** A stored run with another spec is cancelled and deleted first. */
  replace?: boolean
  dryRun?: boolean
  /** The result of a GET of the object a moment ago. */
  current?: { stored: StoredObject | undefined }
  /** The object most likely does not exist: create it first, and read it only when that fails. */
  createFirst?: boolean
}

/** `unchanged`: an object with the same spec was stored before. */
export type StoreOutcome =
  | { result: 'refused'; issues: Finding[]; warnings: Finding[] }
  | {
      result: 'created' | 'unchanged'
      warnings: Finding[]
      plan?: Plan
      object?: StoredObject
      start?: RunStart
    }

/** The outcome without a dry run: `start` is absent when the run was started before. */
export type StoredRun = Extract<StoreOutcome, { result: 'created' | 'unchanged' }> & { object: StoredObject }

/**
 * Second step from a request to a run: makes sure that its object is stored, and returns what starts the run
 * (startStoredRun). Safe to repeat, from any process and after any crash: an object that is stored and not
 * started is found again and its run started.
 */
export async function storeRun(deps: Deps, request: RunRequest): Promise<StoreOutcome> {
  const { manifest, namespace } = request
  const ref = refOf(manifest, namespace)
  const created = request.createFirst ? await tryCreate(deps, request) : undefined
  if (created) return created
  let { current } = request
  let conflict: unknown
  const outcome = await retryOnConflict(async (): Promise<StoreOutcome | undefined> => {
    const { stored } = current ?? { stored: await deps.catalog.get(ref) }
    current = undefined
    try {
      return stored ? await keepOrReplace(deps, request, stored) : await create(deps, request)
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
      conflict = error
      return undefined
    }
  })
  if (!outcome) throw conflict
  return outcome
}

/** Another writer was faster. The message is the API server's, which may give another reason. */
class ConflictError extends AppError {}

/** Skips the GET when the object is probably new. undefined when creation fails: it may already exist. */
async function tryCreate(deps: Deps, request: RunRequest): Promise<StoreOutcome | undefined> {
  try {
    const outcome = await create(deps, request)
    return outcome.result === 'refused' ? undefined : outcome
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error
    return undefined
  }
}

async function create(deps: Deps, request: RunRequest): Promise<StoreOutcome> {
  const accepted = await accept(request)
  if (!accepted.plan) return { result: 'refused', ...accepted }
  const { plan, warnings } = accepted
  if (request.dryRun) return { result: 'created', plan, warnings }
  return createAccepted(deps, request, { ...accepted, plan })
}

async function createAccepted(
  deps: Deps,
  request: RunRequest,
  { plan, warnings, owners }: AcceptedRun & { plan: Plan },
): Promise<StoreOutcome> {
  const wanted = toObject(request.manifest, request.namespace, request.annotations, owners)
  try {
    const object = await deps.catalog.create(wanted)
    return { result: 'created', object, warnings, start: toStart(request, object, plan, warnings) }
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'conflict')) throw error
    throw new ConflictError(error.code, error.message, { cause: error })
  }
}

async function keepOrReplace(deps: Deps, request: RunRequest, stored: StoredObject): Promise<StoreOutcome> {
  if (stored.metadata.deletionTimestamp) return refused(beingDeleted(stored))
  if (asksTheSame(stored, request.manifest)) return keep(request, stored)
  if (!request.replace) return refused(immutable(stored))
  const accepted = await accept(request)
  if (!accepted.plan) return { result: 'refused', ...accepted }
  const { plan, warnings } = accepted
  if (request.dryRun) return { result: 'created', plan, warnings }
  if (!(await removeRun(deps, stored))) return refused(stillEnding(stored))
  return createAccepted(deps, request, { ...accepted, plan })
}

/** The same manifest again: nothing to do, unless an earlier request did not get to start the run. */
async function keep(request: RunRequest, object: StoredObject): Promise<StoreOutcome> {
  const started = isStarted(object)
  if (started && !request.dryRun) return { result: 'unchanged', object, warnings: [] }
  const accepted = await accept(request)
  const { plan, warnings } = accepted
  if (!plan) return started ? { result: 'unchanged', object, warnings } : { result: 'refused', ...accepted }
  if (request.dryRun) return { result: 'unchanged', object, plan, warnings }
  return { result: 'unchanged', object, warnings, start: toStart(request, object, plan, warnings) }
}

const accept = ({ manifest, namespace, definitions, scheduledAt }: RunRequest): Promise<AcceptedRun> =>
  acceptRun(manifest, namespace, definitions, scheduledAt)

function toStart(request: RunRequest, object: StoredObject, plan: Plan, warnings: Finding[]): RunStart {
  const definition = request.definition ?? definitionOf(request.manifest)?.name
  return {
    run: runRefOf(object),
    plan,
    trigger: request.trigger,
    ...(definition === undefined ? {} : { definition }),
    warnings: warnings.map(toText),
  }
}

const toText = ({ path, message }: Finding): string =>
  path.length === 0 ? message : `${formatPath(path)}: ${message}`

const refused = (issue: Finding): StoreOutcome => ({ result: 'refused', issues: [issue], warnings: [] })

const beingDeleted = (stored: StoredObject): Finding => ({
  path: ['metadata', 'name'],
  rule: 'being-deleted',
  message: `${describeObject(runRefOf(stored))} is being deleted: wait until it no longer exists, or use another name.`,
})

const immutable = (stored: StoredObject): Finding => ({
  path: ['spec'],
  rule: 'immutable',
  message:
    `${describeObject(runRefOf(stored))} exists with another spec, and the spec of a run cannot be changed: ` +
    'use another metadata.name, delete the run first, or post again with ?replace=true, which cancels and ' +
    'deletes it and starts a new one.',
})

const stillEnding = (stored: StoredObject): Finding => ({
  path: ['metadata', 'name'],
  rule: 'still-ending',
  message: `The run ${runRefOf(stored).id} has been cancelled and has not ended yet: post again with ?replace=true.`,
})
