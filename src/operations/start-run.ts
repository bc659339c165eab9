import { IDEMPOTENCY_ANNOTATION } from '../../workflows/names.ts'
import type { JsonObject } from '../json.ts'
import type { Issue } from '../spec/issue.ts'
import { AppError } from './app-error.ts'
import type { Call } from './call.ts'
import { ensureRun } from './ensure-run.ts'
import { generatedNames, instantiate } from './instantiate.ts'
import type { Deps, RunStart, StoredObject } from './ports.ts'
import { describeObject, runRefOf } from './run-object.ts'
import { DEFAULT_NAMESPACE } from './stage-manifests.ts'
import { refusal, type StagedRun, stageRun } from './stage-run.ts'
import { createTemplates } from './templates.ts'

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

export interface StartedRun {
  id: string
  kind: string
  namespace: string
  name: string
  result: 'created' | 'unchanged'
  warnings: Issue[]
}

/** Makes a run object and starts its run. AppErrors: `invalid`, `not-found` (no such definition), `conflict`. */
export async function startRun({ deps, input }: Call<StartRunInput>): Promise<StartedRun> {
  const { request } = input
  if ('manifest' in request) return startManifest(deps, input, request)
  const { definition, name } = request
  const namespace = input.namespace ?? DEFAULT_NAMESPACE
  await requireDefinition(deps, request, namespace)
  const names = name === undefined ? generatedNames(definition.name, input.idempotencyKey) : [name]
  for (const each of names) {
    const staged = stageRun(instantiate(definition.name, each), namespace, (path) =>
      path === 'metadata.name' ? 'name' : path,
    )
    const started = await startStaged(deps, staged, input, { trigger: 'api', definition: definition.name })
    if (started !== 'taken') return started
  }
  throw taken({ kind: 'JobFlow', namespace, name: name ?? `${definition.name}-run-…` })
}

async function requireDefinition(
  deps: Deps,
  { definition, inputs }: FromDefinition,
  namespace: string,
): Promise<void> {
  const { kind, name } = definition
  if (kind !== 'JobTemplate') {
    throw invalid(
      'definition.kind',
      'definition-kind',
      `definition.kind is "${kind}"; a run can be made of: JobTemplate.`,
    )
  }
  if (inputs !== undefined) {
    const message =
      'A JobTemplate takes no inputs: leave `inputs` out, or set env in the template or in a JobFlow.'
    throw invalid('inputs', 'no-inputs', message)
  }
  const stored = await deps.catalog.get({ kind, namespace, name })
  if (!stored) throw new AppError('not-found', `There is no ${describeObject({ kind, namespace, name })}.`)
  if (stored.metadata.deletionTimestamp) {
    throw new AppError('conflict', `${describeObject({ kind, namespace, name })} is being deleted.`)
  }
}

const invalid = (path: string, rule: string, message: string): AppError =>
  new AppError('invalid', message, { issues: [{ document: 1, path, rule, message }] })

async function startManifest(
  deps: Deps,
  input: StartRunInput,
  { manifest }: FromManifest,
): Promise<StartedRun> {
  const staged = stageRun(manifest, input.namespace, (path) =>
    path === '' ? 'manifest' : `manifest.${path}`,
  )
  const started = await startStaged(deps, staged, input, { trigger: 'api' })
  if (started !== 'taken') return started
  throw taken({
    kind: staged.manifest.kind,
    namespace: staged.namespace,
    name: staged.manifest.metadata.name,
  })
}

/** `taken`: an object of this name is there that was not made by this very request. */
async function startStaged(
  deps: Deps,
  { issue, manifest, namespace }: StagedRun,
  { idempotencyKey: key }: StartRunInput,
  origin: Pick<RunStart, 'trigger' | 'definition'>,
): Promise<StartedRun | 'taken'> {
  const ref = { kind: manifest.kind, namespace, name: manifest.metadata.name }
  // Without a key only a manifest, which names its own object, can mean one that is there.
  const isMine = (object: StoredObject): boolean =>
    key === undefined
      ? origin.definition === undefined
      : object.metadata.annotations?.[IDEMPOTENCY_ANNOTATION] === key
  const present = await deps.catalog.get(ref)
  if (present && !isMine(present)) return 'taken'
  const outcome = await ensureRun(deps, {
    manifest,
    namespace,
    templates: createTemplates(deps.catalog),
    ...origin,
    ...(key === undefined ? {} : { annotations: { [IDEMPOTENCY_ANNOTATION]: key } }),
    replace: false,
    dryRun: false,
  })
  if (outcome.result === 'refused') throw refusal(outcome.issues.map(issue))
  const { object, result } = outcome
  // Between our look and our write somebody else may have taken the name.
  if (!object || (result === 'unchanged' && !isMine(object))) return 'taken'
  const { id, kind, name } = runRefOf(object)
  return { id, kind, namespace, name, result, warnings: outcome.warnings.map(issue) }
}

const taken = (ref: { kind: string; namespace: string; name: string }): AppError =>
  new AppError(
    'conflict',
    `${describeObject(ref)} exists and was not made by this request: use another name.`,
  )
