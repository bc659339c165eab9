import { checkPlanSize } from '../../../compiler/check-plan-size.ts'
import { compile } from '../../../compiler/compile.ts'
import type { Compiled } from '../../../compiler/lookup.ts'
import type { RunManifest } from '../../../manifests/kinds/kinds.ts'
import type { Definitions, OwnerReference } from '../../definitions/definitions.ts'

/** A manifest that is accepted has a plan. Its object gets these owners. */
export type AcceptedRun = Compiled & { owners: OwnerReference[] }

/**
 * First step from a request to a run: compiles a decoded manifest with the definitions that the request sees,
 * and checks the size of its plan. Stores nothing. The next step is storeRun.
 */
export async function acceptRun(
  manifest: RunManifest,
  namespace: string,
  definitions: Definitions,
  scheduledAt?: string,
): Promise<AcceptedRun> {
  const { lookup, issues, owners } = await definitions.lookup(manifest, namespace, scheduledAt)
  const compiled = compile(manifest, namespace, lookup)
  const found = [...issues, ...compiled.issues, ...(compiled.plan ? checkPlanSize(compiled.plan) : [])]
  return found.length > 0 || !compiled.plan
    ? { issues: found, warnings: compiled.warnings, owners }
    : { plan: compiled.plan, issues: [], warnings: compiled.warnings, owners }
}
