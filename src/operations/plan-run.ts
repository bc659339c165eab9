import { type Compiled, compile } from '../plan/compile.ts'
import type { Plan, RetryPolicy } from '../plan/plan.ts'
import type { Finding } from '../spec/issue.ts'
import type { RunManifest } from '../spec/kinds.ts'
import type { Definitions, OwnerReference } from './definitions.ts'

/**
 * 1.5 MiB as JSON. Temporal refuses a payload of 2 MiB, and the start argument carries the run's identity and
 * warnings beside the plan.
 */
export const MAX_PLAN_BYTES = 1.5 * 1024 * 1024
/** A run's history ends at 51,200 events, and a node that waits for others costs six. */
export const MAX_NODES = 5_000
/** A run's history ends at 50 MiB, and every node's Job body stands in it. */
export const MAX_HISTORY_BYTES = 30 * 1024 * 1024

export type Planned = Compiled & { owners: OwnerReference[] }

/** Compiles with the definitions that the request can see; a plan that would not fit is an issue like any other. */
export async function planRun(
  manifest: RunManifest,
  namespace: string,
  definitions: Definitions,
  scheduledAt?: string,
): Promise<Planned> {
  const { lookup, issues, owners } = await definitions.lookup(manifest, namespace, scheduledAt)
  const compiled = compile(manifest, namespace, lookup)
  const found = [...issues, ...compiled.issues, ...(compiled.plan ? tooLarge(compiled.plan) : [])]
  return found.length > 0 || !compiled.plan
    ? { issues: found, warnings: compiled.warnings, owners }
    : { plan: compiled.plan, issues: [], warnings: compiled.warnings, owners }
}

function tooLarge(plan: Plan): Finding[] {
  return [...tooManyBytes(plan), ...tooManyNodes(plan)]
}

function tooManyNodes({ nodes, jobs }: Plan): Finding[] {
  const sizes = new Map(Object.entries(jobs).map(([key, job]) => [key, JSON.stringify(job).length]))
  // Every attempt's body stands in the history anew.
  const attempts = ({ applicationLimit, infrastructureLimit, totalLimit }: RetryPolicy): number =>
    1 + Math.min(applicationLimit + infrastructureLimit, totalLimit ?? Number.POSITIVE_INFINITY)
  const bytes = nodes.reduce(
    (sum, node) => sum + ('job' in node ? (sizes.get(node.job) ?? 0) * attempts(node.retry) : 0),
    0,
  )
  if (nodes.length <= MAX_NODES && bytes <= MAX_HISTORY_BYTES) return []
  const message =
    `The plan has ${nodes.length} nodes (at most ${MAX_NODES}) whose Job bodies are ${bytes} bytes together (at most ` +
    `${MAX_HISTORY_BYTES}): divide this into several runs.`
  return [{ path: ['spec'], rule: 'plan-too-large', message }]
}

function tooManyBytes(plan: Plan): Finding[] {
  const bytes = Buffer.byteLength(JSON.stringify(plan))
  if (bytes <= MAX_PLAN_BYTES) return []
  const message =
    `The plan is ${bytes} bytes of JSON and may be ${MAX_PLAN_BYTES}: put job bodies that repeat into a JobTemplate ` +
    'and name it by jobTemplateRef (each body then counts once), or divide this into several runs.'
  return [{ path: ['spec'], rule: 'plan-too-large', message }]
}
