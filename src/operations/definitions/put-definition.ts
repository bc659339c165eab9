import { checkDefinition } from '../../compiler/check-definition.ts'
import { toIssue } from '../../manifests/decode.ts'
import type { Issue } from '../../manifests/issue.ts'
import { isDefinitionManifest } from '../../manifests/kinds/kinds.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import { parseSubmission } from '../manifests/parse-submission.ts'
import type { StoredObject } from '../ports/catalog.ts'
import { type DefinitionRef, withStatus } from './get-definition.ts'
import { storeDefinition } from './store-definition.ts'

export type PutDefinitionInput = DefinitionRef & {
  /** One document, YAML or JSON. */
  text: string
  /** The resourceVersion to replace. */
  ifMatch?: string
}

export interface PutDefinition {
  result: 'created' | 'configured' | 'unchanged'
  object: StoredObject
}

/** AppErrors: `invalid` with all issues, `precondition`, `conflict`, `refused`. */
export async function putDefinition({ deps, input }: Call<PutDefinitionInput>): Promise<PutDefinition> {
  const [parsed, second] = parseSubmission(
    input.text,
    input.namespace,
    input.kind === 'Workflow' ? { workflow: input.name } : {},
  )
  if (!parsed || second) throw new AppError('invalid', 'The request body must be exactly one document.')
  const { doc, manifest } = parsed
  const issues = [...parsed.issues, ...misplaced(input, { kind: doc.kind, name: doc.name })]
  if (!manifest || !isDefinitionManifest(manifest) || issues.length > 0) {
    throw new AppError('invalid', 'The definition was refused.', { issues })
  }
  const checked = checkDefinition(manifest, { ...deps.settings, now: Date.now() })
  if (checked.issues.length > 0)
    throw new AppError('invalid', 'The definition was refused.', {
      issues: checked.issues.map((issue) => toIssue(doc, issue)),
    })
  const options = input.ifMatch === undefined ? {} : { ifMatch: input.ifMatch }
  const { result, object } = await storeDefinition(deps, manifest, input.namespace, options)
  if (!object) throw new Error('a definition that was stored has no object')
  return { result, object: await withStatus(deps.catalog, object) }
}

/** The URL names the object. A document with another kind or name belongs to another URL. */
function misplaced(
  { kind, name }: DefinitionRef,
  doc: { kind: string | undefined; name: string | undefined },
): Issue[] {
  const rows = [
    { path: 'kind', is: doc.kind, wanted: kind },
    { path: 'metadata.name', is: doc.name, wanted: name },
  ]
  return rows
    .filter(({ is, wanted }) => is !== undefined && is !== wanted)
    .map(({ path, is, wanted }) => ({
      document: 1,
      path,
      rule: 'other-address',
      message: `${path} is "${is}", but the URL has "${wanted}": use the same value.`,
    }))
}
