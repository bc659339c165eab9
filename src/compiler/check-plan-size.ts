import { jsonBytes } from '../lib/json.ts'
import type { Finding } from '../manifests/issue.ts'
import { BLOCK_MIN } from '../model/limits.ts'
import { type Plan, type RetryPolicy, retryOf } from '../model/plan.ts'

/**
 * 1.5 MiB as JSON. Temporal refuses a payload of 2 MiB, and the start argument also carries the run's
 * identity and warnings.
 */
export const MAX_PLAN_BYTES = 1.5 * 1024 * 1024
/** What a request and a run status can hold. */
export const MAX_NODES = 10_000
/** Temporal limits a history to 51,200 events. */
export const MAX_EVENTS = 45_000
/** A node that starts alone costs three events, and three more for the workflow task that starts it. */
const EVENTS_ALONE = 6
/** A node in a block shares the block's events. At worst its end costs a signal and a workflow task. */
const EVENTS_IN_BLOCK = 4
/** Temporal limits a history to 50 MiB, and the history contains the Job body of every node. */
export const MAX_HISTORY_BYTES = 30 * 1024 * 1024

/** Whether Temporal can hold the run: its start argument and its history. Pure. */
export function checkPlanSize(plan: Plan): Finding[] {
  return [...tooManyBytes(plan), ...tooManyNodes(plan), ...tooManyEvents(plan)]
}

/** Nodes with the same needs can start together. When they are many, they start in blocks. */
function tooManyEvents({ nodes }: Plan): Finding[] {
  const groups = new Map<string, number>()
  for (const { needs } of nodes) groups.set(needs.join(), (groups.get(needs.join()) ?? 0) + 1)
  const events = [...groups.values()].reduce(
    (sum, width) => sum + width * (width < BLOCK_MIN ? EVENTS_ALONE : EVENTS_IN_BLOCK),
    0,
  )
  if (events <= MAX_EVENTS) return []
  const message =
    `The run could reach ${events} events, and Temporal terminates a run at 51,200: split it into several runs, or ` +
    `give more of its ${nodes.length} nodes the same dependencies (${BLOCK_MIN} or more nodes that start together share events).`
  return [{ path: ['spec'], rule: 'plan-too-large', message }]
}

function tooManyNodes(plan: Plan): Finding[] {
  const { nodes, jobs } = plan
  const sizes = new Map(Object.entries(jobs).map(([key, job]) => [key, JSON.stringify(job).length]))
  // The history contains the body again for every attempt.
  const attempts = ({ applicationLimit, infrastructureLimit, totalLimit }: RetryPolicy): number =>
    1 + Math.min(applicationLimit + infrastructureLimit, totalLimit ?? Number.POSITIVE_INFINITY)
  const bytes = nodes.reduce(
    (sum, node) => sum + ('job' in node ? (sizes.get(node.job) ?? 0) * attempts(retryOf(plan, node)) : 0),
    0,
  )
  if (nodes.length <= MAX_NODES && bytes <= MAX_HISTORY_BYTES) return []
  const message =
    `The plan has ${nodes.length} nodes (at most ${MAX_NODES}) whose Job bodies have ${bytes} bytes in total (at most ` +
    `${MAX_HISTORY_BYTES}): split it into several runs.`
  return [{ path: ['spec'], rule: 'plan-too-large', message }]
}

function tooManyBytes(plan: Plan): Finding[] {
  const bytes = jsonBytes(plan)
  if (bytes <= MAX_PLAN_BYTES) return []
  const message =
    `The plan has ${bytes} bytes as JSON; the limit is ${MAX_PLAN_BYTES}: move repeated job bodies into a JobTemplate ` +
    'and refer to it with jobTemplateRef (each body then counts once), or split it into several runs.'
  return [{ path: ['spec'], rule: 'plan-too-large', message }]
}
