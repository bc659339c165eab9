import type { AttemptStatus, NodeStatus } from '../../workflows/status.ts'
import { AppError } from './app-error.ts'
import type { Call } from './call.ts'
import { getRun, type RunView } from './get-run.ts'

export interface ReadLogsInput {
  id: string
  /** Without it, the only node of the run. */
  node?: string
  /** Without it, the latest. */
  attempt?: number
  /** Name of a container. */
  step?: string
  follow: boolean
  /** Last lines only. */
  tail?: number
  signal: AbortSignal
}

/** A list of nodes in an error message ends here. */
const MAX_NAMED = 50

/** The log of one attempt as chunks of text. AppErrors: `invalid`, `not-found`, `gone`. */
export async function readLogs({ deps, actor, input }: Call<ReadLogsInput>): Promise<AsyncIterable<string>> {
  const run = await getRun({ deps, actor, input })
  const attempt = pickAttempt(pickNode(run, input.node), input.attempt)
  return deps.logs.read({
    namespace: attempt.object.namespace,
    job: attempt.object.name,
    follow: input.follow,
    signal: input.signal,
    ...(input.step === undefined ? {} : { container: input.step }),
    ...(input.tail === undefined ? {} : { tail: input.tail }),
  })
}

export function pickNode({ id, nodes, message }: RunView, name: string | undefined): NodeStatus {
  const [only, second] = nodes
  if (!only)
    throw new AppError('not-found', `The run "${id}" shows no nodes. ${message ?? 'None has started yet.'}`)
  if (name === undefined && !second) return only
  const node = nodes.find((each) => each.id === name)
  if (node) return node
  const rest = nodes.length > MAX_NAMED ? ` and ${nodes.length - MAX_NAMED} more` : ''
  const choice = `one of ${nodes
    .slice(0, MAX_NAMED)
    .map((each) => each.id)
    .join(', ')}${rest}`
  if (name !== undefined) throw new AppError('not-found', `The run has no node "${name}": use ${choice}.`)
  const text = `The run has ${nodes.length} nodes: say which with ?node=, ${choice}.`
  throw new AppError('invalid', text, {
    issues: [{ document: 0, path: 'node', rule: 'required', message: text }],
  })
}

export function pickAttempt(node: NodeStatus, number: number | undefined): AttemptStatus {
  const latest = node.attempts.at(-1)
  if (!latest) {
    const reason = node.message === undefined ? '' : ` ${node.message}`
    throw new AppError('not-found', `The node "${node.id}" has never started (${node.phase}).${reason}`)
  }
  const attempt = number === undefined ? latest : node.attempts.find((each) => each.number === number)
  if (attempt) return attempt
  throw new AppError(
    'not-found',
    `The node "${node.id}" has no attempt ${number}: its latest is ${latest.number}.`,
  )
}
