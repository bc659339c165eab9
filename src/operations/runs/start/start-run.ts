import type { DefinitionName } from '../../../compiler/compile.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import { definitionKinds } from '../../../manifests/kinds/kinds.ts'
import { AppError } from '../../app-error.ts'
import type { Call } from '../../call.ts'
import type { Deps } from '../../deps.ts'
import { stageRun } from '../../manifests/parse-run.ts'
import { DEFAULT_NAMESPACE } from '../../manifests/parse-submission.ts'
import { describeObject } from '../run-object.ts'
import { generatedNames } from './run-from-definition.ts'
import { startInstance } from './store-from-definition.ts'
import { type StartedRun, startStaged, taken } from './store-unless-taken.ts'

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

/** Creates a run object and starts its run. AppErrors: `invalid`, `not-found` (definition), `conflict`. */
export async function startRun({ deps, input }: Call<StartRunInput>): Promise<StartedRun> {
  const { request, namespace, idempotencyKey } = input
  if ('definition' in request) return startDefinition(deps, request, namespace, idempotencyKey)
  const staged = stageRun(request.manifest, namespace, (path) =>
    path === '' ? 'manifest' : `manifest.${path}`,
  )
  const started = await startStaged(deps, staged, { key: idempotencyKey })
  if (started !== 'taken') return started
  throw taken(staged)
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
  const started = await startInstance(deps, { definition, namespace, names, inputs }, { key, beforeCreate })
  if ('taken' in started) throw taken(started.taken)
  return started
}

function checkRequest({ definition, inputs }: FromDefinition): DefinitionName {
  const kind = definitionKinds.find((each) => each === definition.kind)
  if (!kind) {
    const message = `definition.kind is "${definition.kind}", but must be one of ${definitionKinds.join(', ')}.`
    throw invalid('definition.kind', 'definition-kind', message)
  }
  if (inputs !== undefined && kind !== 'Workflow') {
    const message = `A ${kind} does not accept inputs: omit \`inputs\`, or post a run object with the changed values.`
    throw invalid('inputs', 'no-inputs', message)
  }
  return { kind, name: definition.name }
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
