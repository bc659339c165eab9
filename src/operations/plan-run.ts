import { type Compiled, compile } from '../plan/compile.ts'
import type { Finding } from '../spec/issue.ts'
import type { RunManifest } from '../spec/kinds.ts'
import type { Templates } from './templates.ts'

/**
 * 1.5 MiB as JSON. Temporal refuses a payload of 2 MiB, and the start argument carries the run's identity and
 * warnings beside the plan.
 */
export const MAX_PLAN_BYTES = 1.5 * 1024 * 1024

/** Compiles with the templates that the request can see; a plan that would not fit is an issue like any other. */
export async function planRun(
  manifest: RunManifest,
  namespace: string,
  templates: Templates,
): Promise<Compiled> {
  const { lookup, issues } = await templates.lookup(manifest, namespace)
  const compiled = compile(manifest, namespace, lookup)
  const found = [...issues, ...compiled.issues, ...(compiled.plan ? tooLarge(compiled.plan) : [])]
  return found.length > 0 || !compiled.plan
    ? { issues: found, warnings: compiled.warnings }
    : { plan: compiled.plan, issues: [], warnings: compiled.warnings }
}

function tooLarge(plan: object): Finding[] {
  const bytes = Buffer.byteLength(JSON.stringify(plan))
  if (bytes <= MAX_PLAN_BYTES) return []
  const message =
    `The plan is ${bytes} bytes of JSON and may be ${MAX_PLAN_BYTES}: put job bodies that repeat into a JobTemplate ` +
    'and name it by jobTemplateRef (each body then counts once), or divide this into several runs.'
  return [{ path: ['spec'], rule: 'plan-too-large', message }]
}
