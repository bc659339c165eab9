import type { JsonObject } from '../json.ts'
import { AppError } from './app-error.ts'
import type { Call } from './call.ts'
import { generatedNames, instantiate } from './instantiate.ts'
import type { Deps } from './ports.ts'
import { describeObject } from './run-object.ts'
import { DEFAULT_NAMESPACE } from './stage-manifests.ts'
import { stageRun } from './stage-run.ts'
import { type StartedRun, startStaged, taken } from './start-staged.ts'

export interface StartRunInput {
  request: FromDefinition | FromManifest
  namespace?: string
  /** Makes repeating this request safe: the same key and request find the same run. */
  idempotencyKey?: string
}

export interface FromDefinition {
  definition: { kind: string; name: string }
  inputs?: JsonObject
  /** Of the run object; without it the definition's name and six hex digits. */
  name?: string
}

export interface FromManifest {
  manifest: JsonObject
}

/** Makes a run object and starts its run. AppErrors: `invalid`, `not-found` (no such definition), `conflict`. */
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
  checkRequest(request)
  const { definition, name } = request
  // Only where something is to be made: a repeated request finds its run although the definition is gone by now.
  const beforeCreate = (): Promise<void> => requireTemplate(deps, namespace, definition.name)
  const names = name === undefined ? generatedNames(definition.name, key) : [name]
  for (const each of names) {
    const manifest = instantiate(definition.name, each)
    const staged = stageRun(manifest, namespace, (path) => (path === 'metadata.name' ? 'name' : path))
    const started = await startStaged(deps, staged, { key, definition: definition.name, beforeCreate })
    if (started !== 'taken') return started
    if (each === names.at(-1)) throw taken(staged)
  }
  throw new Error('a definition gives no name for its run')
}

function checkRequest({ definition, inputs }: FromDefinition): void {
  if (definition.kind !== 'JobTemplate') {
    const message = `definition.kind is "${definition.kind}"; a run can be made of: JobTemplate.`
    throw invalid('definition.kind', 'definition-kind', message)
  }
  if (inputs !== undefined) {
    const message =
      'A JobTemplate takes no inputs: leave `inputs` out, or set env in the template or in a JobFlow.'
    throw invalid('inputs', 'no-inputs', message)
  }
}

async function requireTemplate(deps: Deps, namespace: string, name: string): Promise<void> {
  const ref = { kind: 'JobTemplate', namespace, name } as const
  const stored = await deps.catalog.get(ref)
  if (!stored) throw new AppError('not-found', `There is no ${describeObject(ref)}.`)
  if (stored.metadata.deletionTimestamp) {
    throw new AppError('conflict', `${describeObject(ref)} is being deleted.`)
  }
}

const invalid = (path: string, rule: string, message: string): AppError =>
  new AppError('invalid', message, { issues: [{ document: 1, path, rule, message }] })
