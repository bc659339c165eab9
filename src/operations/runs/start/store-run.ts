import { definitionOf } from '../../../compiler/definition-of.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { RunManifest } from '../../../manifests/kinds/kinds.ts'
import type { Plan } from '../../../model/plan.ts'
import { AppError } from '../../app-error.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import type { Deps } from '../../deps.ts'
import { toObject } from '../../manifests/to-object.ts'
import type { ObjectRef, StoredObject } from '../../ports/catalog.ts'
import type { RunStart } from '../../ports/runs.ts'
import { removeRun } from '../remove-run.ts'
import { asksTheSame, describeObject, isStarted, runRefOf } from '../run-object.ts'
import { type Planned, planRun } from './accept-run.ts'
import { launchRun } from './start-stored-run.ts'

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
  replace: boolean
  dryRun: boolean
  /** The result of a GET of the object a moment ago. */
  seen?: { stored: StoredObject | undefined }
  /** The object most likely does not exist: create it first, and read it only when that fails. */
  likelyNew?: boolean
  /** Called as soon as the object is stored, so that a later failure can report it. */
  onStored?: (object: StoredObject) => void
}

export type RunOutcome =
  | { result: 'created' | 'unchanged'; object?: StoredObject; plan?: Plan; warnings: Finding[] }
  | { result: 'refused'; issues: Finding[]; warnings: Finding[] }

/** Another writer may come between our read and our write. Then both are repeated, at most this often. */
const MAX_LOOKS = 5

/**
 * Makes sure that the object of a run is stored and that its run is started exactly once. Safe to repeat,
 * from any process and after any crash.
 */
export async function ensureRun(deps: Deps, request: RunRequest): Promise<RunOutcome> {
  const { manifest, namespace } = request
  const ref: ObjectRef = { kind: manifest.kind, namespace, name: manifest.metadata.name }
  const made = request.likelyNew ? await createUnseen(deps, request) : undefined
  if (made) return made
  for (let look = 1; ; look++) {
    const { stored } = (look === 1 && request.seen) || { stored: await deps.catalog.get(ref) }
    try {
      return stored ? await keepOrReplace(deps, request, stored) : await create(deps, request)
    } catch (error) {
      if (!(error instanceof ConflictError) || look === MAX_LOOKS) throw error
    }
  }
}

const planOf = ({ manifest, namespace, definitions, scheduledAt }: RunRequest): Promise<Planned> =>
  planRun(manifest, namespace, definitions, scheduledAt)

/** Another writer was faster. The message is the API server's, which may give another reason. */
class ConflictError extends AppError {}

async function create(deps: Deps, request: RunRequest): Promise<RunOutcome> {
  const planned = await planOf(request)
  if (!planned.plan) return { result: 'refused', ...planned }
  const { plan, warnings } = planned
  if (request.dryRun) return { result: 'created', plan, warnings }
  return createPlanned(deps, request, { ...planned, plan })
}

/** Skips the GET when the object is probably new. undefined when creation fails: it may already exist. */
async function createUnseen(deps: Deps, request: RunRequest): Promise<RunOutcome | undefined> {
  let isStored = false
  const onStored = (object: StoredObject): void => {
    isStored = true
    request.onStored?.(object)
  }
  try {
    const outcome = await create(deps, { ...request, onStored })
    return outcome.result === 'refused' ? undefined : outcome
  } catch (error) {
    if (isStored || !(error instanceof AppError) || error.code === 'unavailable') throw error
    return undefined
  }
}

async function createPlanned(
  deps: Deps,
  request: RunRequest,
  { plan, warnings, owners }: Planned & { plan: Plan },
): Promise<RunOutcome> {
  const wanted = toObject(request.manifest, request.namespace, request.annotations, owners)
  let object: StoredObject
  try {
    object = await deps.catalog.create(wanted)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'conflict')) throw error
    throw new ConflictError(error.code, error.message, { cause: error })
  }
  request.onStored?.(object)
  await launchRun(deps, object, { plan, warnings, ...originOf(request) })
  return { result: 'created', object, plan, warnings }
}

async function keepOrReplace(deps: Deps, request: RunRequest, stored: StoredObject): Promise<RunOutcome> {
  if (stored.metadata.deletionTimestamp) return refused(beingDeleted(stored))
  if (asksTheSame(stored, request.manifest)) return keep(deps, request, stored)
  if (!request.replace) return refused(immutable(stored))
  const planned = await planOf(request)
  if (!planned.plan) return { result: 'refused', ...planned }
  const { plan, warnings } = planned
  if (request.dryRun) return { result: 'created', plan, warnings }
  if (!(await removeRun(deps, stored))) return refused(stillEnding(stored))
  return createPlanned(deps, request, { ...planned, plan })
}

/** The same manifest again: nothing to do, unless the earlier request did not get to start the run. */
async function keep(deps: Deps, request: RunRequest, object: StoredObject): Promise<RunOutcome> {
  const started = isStarted(object)
  if (started && !request.dryRun) return { result: 'unchanged', object, warnings: [] }
  const planned = await planOf(request)
  const { plan, warnings } = planned
  if (!plan) return started ? { result: 'unchanged', object, warnings } : { result: 'refused', ...planned }
  if (request.dryRun) return { result: 'unchanged', object, plan, warnings }
  request.onStored?.(object)
  await launchRun(deps, object, { plan, warnings, ...originOf(request) })
  return { result: 'unchanged', object, plan, warnings }
}

function originOf({ trigger, manifest, ...request }: RunRequest): Pick<RunStart, 'trigger' | 'definition'> {
  const definition = request.definition ?? definitionOf(manifest)?.name
  return { trigger, ...(definition === undefined ? {} : { definition }) }
}

const refused = (issue: Finding): RunOutcome => ({ result: 'refused', issues: [issue], warnings: [] })

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
