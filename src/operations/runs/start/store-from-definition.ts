import type { DefinitionName } from '../../../compiler/definition-refs.ts'
import type { Json } from '../../../lib/json.ts'
import type { Deps } from '../../deps.ts'
import { type ParsedRun, parseRun } from '../../manifests/parse-run.ts'
import { runFromDefinition } from './run-from-definition.ts'
import type { StoredRun } from './store-run.ts'
import { type Origin, storeUnlessTaken } from './store-unless-taken.ts'

export interface DefinitionRun {
  definition: DefinitionName
  namespace: string
  /** Names for the run object, in the order to try them. */
  names: readonly string[]
  inputs?: Json | undefined
}

/**
 * Stores a run of a definition under the first name that is free or belongs to this request. `taken`: none
 * is; the last one tried.
 */
export async function storeFromDefinition(
  deps: Deps,
  { definition, namespace, names, inputs }: DefinitionRun,
  origin: Omit<Origin, 'definition'>,
): Promise<{ stored: StoredRun; from: ParsedRun } | { taken: ParsedRun }> {
  let last: ParsedRun | undefined
  for (const name of names) {
    // Issues name fields of the request, which has no metadata.
    const manifest = runFromDefinition(definition, name, inputs)
    last = parseRun(manifest, namespace, (path) => (path === 'metadata.name' ? 'name' : path))
    const stored = await storeUnlessTaken(deps, last, { ...origin, definition: definition.name })
    if (stored !== 'taken') return { stored, from: last }
  }
  if (!last) throw new Error('a definition has no name for its run')
  return { taken: last }
}
