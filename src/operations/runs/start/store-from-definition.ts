import type { DefinitionName } from '../../../compiler/compile.ts'
import type { Json } from '../../../lib/json.ts'
import type { Deps } from '../../deps.ts'
import { type StagedRun, stageRun } from '../../manifests/parse-run.ts'
import { instantiate } from './run-from-definition.ts'
import { type Origin, type StartedRun, startStaged } from './store-unless-taken.ts'

export interface Instance {
  definition: DefinitionName
  namespace: string
  /** Names for the run object, in the order to try them. */
  names: readonly string[]
  inputs?: Json | undefined
}

/** Uses the first name that is free or belongs to this request. `taken`: none is; the last one tried. */
export async function startInstance(
  deps: Deps,
  { definition, namespace, names, inputs }: Instance,
  origin: Omit<Origin, 'definition'>,
): Promise<StartedRun | { taken: StagedRun }> {
  let staged: StagedRun | undefined
  for (const name of names) {
    // Issues name fields of the request, which has no metadata.
    const manifest = instantiate(definition, name, inputs)
    staged = stageRun(manifest, namespace, (path) => (path === 'metadata.name' ? 'name' : path))
    const started = await startStaged(deps, staged, { ...origin, definition: definition.name })
    if (started !== 'taken') return started
  }
  if (!staged) throw new Error('a definition has no name for its run')
  return { taken: staged }
}
