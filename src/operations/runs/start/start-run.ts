import type { DefinitionName } from '../../../compiler/definition-refs.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import type { Issue } from '../../../manifests/issue.ts'
import { definitionKinds, definitionTypeOf } from '../../../manifests/kinds/kinds.ts'
import { AppError } from '../../app-error.ts'
import type { Call } from '../../call.ts'
import type { Deps } from '../../deps.ts'
import { type ParsedRun, parseRun } from '../../manifests/parse-run.ts'
import { DEFAULT_NAMESPACE } from '../../manifests/parse-submission.ts'
import type { StoredObject } from '../../ports/catalog.ts'
import { describeObject, runRefOf } from '../run-object.ts'
import { generatedNames } from './run-from-definition.ts'
import { startStoredRun } from './start-stored-run.ts'
import { storeFromDefinition } from './store-from-definition.ts'
import type { StoredRun } from './store-run.ts'
import { storeUnlessTaken, taken } from './store-unless-taken.ts'

export interface StartRunInput {
  request: FromDefinition | FromManifest
  namespace?: string
  /** Makes the request safe to repeat: the same key and request find the same run. */
  idempotencyKey?: string
}

export interface FromDefinition {
  definition: { kind: string; name: string }
  /** The input of a Workflow's first task. */
  inputs?: Json
  /** Name of the run object. Default: the definition's name with a suffix of six hex digits. */
  name?: string
}

export interface FromManifest {
  manifest: JsonObject
}

export interface StartedRun {
  id: string
  kind: string
  namespace: string
  name: string
  result: 'created' | 'unchanged'
  warnings: Issue[]
}

/** Creates a run object and starts its run. AppErrors: `invalid`, `not-found` (definition), `conflict`. */
export async function startRun({ deps, input }: Call<StartRunInput>): Promise<StartedRun> {
  const { request, namespace, idempotencyKey } = input
  if ('definition' in request) return startDefinition(deps, request, namespace, idempotencyKey)
  const run = parseRun(request.manifest, namespace, (path) => (path === '' ? 'manifest' : `manifest.${path}`))
  const stored = await storeUnlessTaken(deps, run, { key: idempotencyKey })
  if (stored === 'taken') throw taken(run)
  return start(deps, stored, run, true)
}

async function startDefinition(
  deps: Deps,
  request: FromDefinition,
  namespace = DEFAULT_NAMESPACE,
  key: string | undefined,
): Promise<StartedRun> {
  const definition = checkRequest(request)
  const { name, inputs } = request
  // Only before something is created: a repeated request finds its run without the definition.
  const beforeCreate = (): Promise<void> => requireDefinition(deps, namespace, definition)
  const names = name === undefined ? generatedNames(definition.name, key) : [name]
  const run = { definition, namespace, names, inputs }
  const result = await storeFromDefinition(deps, run, { key, beforeCreate })
  if ('taken' in result) throw taken(result.taken)
  return start(deps, result.stored, result.from, key !== undefined)
}

/** `canRepeat`: the same request again would find this object. */
async function start(
  deps: Deps,
  stored: StoredRun,
  from: ParsedRun,
  canRepeat: boolean,
): Promise<StartedRun> {
  const { id, kind, namespace, name } = runRefOf(stored.object)
  try {
    if (stored.start) await startStoredRun(deps, stored.start)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unavailable')) throw error
    throw interrupted(error, stored.object, canRepeat)
  }
  return { id, kind, namespace, name, result: stored.result, warnings: stored.warnings.map(from.issue) }
}

function interrupted(error: AppError, object: StoredObject, canRepeat: boolean): AppError {
  const run = runRefOf(object)
  const remedy = canRepeat
    ? 'Repeat the request to start it.'
    : `DELETE /v1/runs/${run.id} deletes it. A request with an Idempotency-Key can be repeated.`
  const message = `${error.message} Stored but not started: ${describeObject(run)}. ${remedy}`
  return new AppError('unavailable', message, { cause: error })
}

function checkRequest({ definition, inputs }: FromDefinition): DefinitionName {
  const type = definitionTypeOf(definition.kind)
  if (!type) {
    const message = `definition.kind is "${definition.kind}", but must be one of ${definitionKinds.join(', ')}.`
    throw invalid('definition.kind', 'definition-kind', message)
  }
  if (inputs !== undefined && type.kind !== 'Workflow') {
    const message = `A ${type.kind} does not accept inputs: omit \`inputs\`, or post a run object with the changed values.`
    throw invalid('inputs', 'no-inputs', message)
  }
  return { ...type, name: definition.name }
}

async function requireDefinition(deps: Deps, namespace: string, definition: DefinitionName): Promise<void> {
  const ref = { ...definition, namespace }
  const stored = await deps.catalog.get(ref)
  if (!stored) throw new AppError('not-found', `${describeObject(ref)} does not exist.`)
  if (stored.metadata.deletionTimestamp) {
    throw new AppError('conflict', `${describeObject(ref)} is being deleted.`)
  }
}

const invalid = (path: string, rule: string, message: string): AppError =>
  new AppError('invalid', message, { issues: [{ document: 1, path, rule, message }] })
