import type { StepEnd } from '../../model/outcome.ts'
import type { AttemptStatus, NodeStatus } from '../../model/run-status.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import { getRun, type RunView } from '../runs/get-run.ts'

export interface ReadLogsInput {
  id: string
  /** Default: the only node of the run. */
  node?: string
  /** Default: the latest. */
  attempt?: number
  /** Name of a step, or of a container. */
  step?: string
  follow: boolean
  /** Only this many lines, from the end. */
  tail?: number
  signal: AbortSignal
}

/** Maximum number of nodes named in an error message. */
const MAX_NAMED = 50

/**
 * The log of one attempt as chunks of text: of one container, or of all steps of a sequence in order.
 * AppErrors: `invalid`, `not-found`, `gone`.
 */
export async function readLogs({ deps, actor, input }: Call<ReadLogsInput>): Promise<AsyncIterable<string>> {
  const run = await getRun({ deps, actor, input })
  const attempt = pickAttempt(pickNode(run, input.node), input.attempt)
  const { namespace, kind, name } = attempt.object
  const read = (container: string | undefined): AsyncIterable<string> =>
    deps.logs.read({
      namespace,
      object: { kind, name },
      follow: input.follow,
      signal: input.signal,
      ...(container === undefined ? {} : { container }),
      ...(input.tail === undefined ? {} : { tail: input.tail }),
    })
  const { steps } = attempt
  if (input.step === undefined) return steps ? oneAfterAnother(steps.map(containerOf), read) : read(undefined)
  const step = steps?.find(({ name: known }) => known === input.step)
  return read(step ? containerOf(step) : input.step)
}

const containerOf = ({ name, container }: StepEnd): string => container ?? name

/** A step that never started has no log. Once its pod has ended, nothing waits for one. */
async function* oneAfterAnother(
  containers: readonly string[],
  read: (container: string) => AsyncIterable<string>,
): AsyncIterable<string> {
  for (const container of containers) yield* read(container)
}

export function pickNode({ id, nodes, message }: RunView, name: string | undefined): NodeStatus {
  const [only, second] = nodes
  if (!only)
    throw new AppError(
      'not-found',
      `The nodes of the run "${id}" are not available. ${message ?? 'None has started yet.'}`,
    )
  if (name === undefined && !second) return only
  const node = nodes.find((each) => each.id === name)
  if (node) return node
  const rest = nodes.length > MAX_NAMED ? ` and ${nodes.length - MAX_NAMED} more` : ''
  const choice = `one of ${nodes
    .slice(0, MAX_NAMED)
    .map((each) => each.id)
    .join(', ')}${rest}`
  if (name !== undefined)
    throw new AppError('not-found', `The node "${name}" does not exist in the run: use ${choice}.`)
  const text = `The run has ${nodes.length} nodes: select one with ?node=, ${choice}.`
  throw new AppError('invalid', text, {
    issues: [{ document: 0, path: 'node', rule: 'required', message: text }],
  })
}

export function pickAttempt(node: NodeStatus, number: number | undefined): AttemptStatus {
  const latest = node.attempts.at(-1)
  if (!latest) {
    const reason = node.message === undefined ? '' : ` ${node.message}`
    throw new AppError('not-found', `The node "${node.id}" has not started (${node.phase}).${reason}`)
  }
  const attempt = number === undefined ? latest : node.attempts.find((each) => each.number === number)
  if (attempt) return attempt
  throw new AppError(
    'not-found',
    `The attempt ${number} of the node "${node.id}" does not exist: the latest is ${latest.number}.`,
  )
}
