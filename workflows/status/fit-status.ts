import { jsonBytes } from '../../src/lib/json.ts'
import type { NodeStatus, RunStatus } from '../../src/model/run-status.ts'

/** The limit of a payload is 2 MiB. The server terminates a run whose result exceeds it. */
export const MAX_STATUS_BYTES = 1_500_000

/**
 * A status that can be stored. For a very wide run it drops first duplicates, then inputs and large outputs,
 * then attempts of succeeded nodes, then the last nodes. The message reports left-out outputs and nodes.
 */
export function fitStatus(status: RunStatus, maxBytes: number = MAX_STATUS_BYTES): RunStatus {
  let fitted = status
  for (const shorten of [withoutCopies, withoutData(maxBytes), withoutDetails, withoutRest(maxBytes)]) {
    if (jsonBytes(fitted) <= maxBytes) return fitted
    fitted = shorten(fitted)
  }
  return fitted
}

/** Drops `jobStatusList`, and node messages that their last attempt repeats. */
const withoutCopies = (status: RunStatus): RunStatus => ({
  ...status,
  objectStatus: withoutJobs(status.objectStatus),
  nodes: status.nodes.map(({ message, ...node }) =>
    message === undefined || node.attempts.at(-1)?.message === message ? node : { ...node, message },
  ),
})

const withoutJobs = (status: RunStatus['objectStatus']): RunStatus['objectStatus'] =>
  'jobStatusList' in status ? { ...status, jobStatusList: {} } : status

/** Drops inputs, which are outputs of other nodes, and large outputs. The message says how many outputs. */
const withoutData =
  (maxBytes: number) =>
  (status: RunStatus): RunStatus => {
    const each = maxBytes / 2 / Math.max(1, status.nodes.length)
    const isLarge = (output: unknown): boolean => output !== undefined && jsonBytes(output) > each
    const large = status.nodes.filter(({ output }) => isLarge(output)).length
    const note = `(${large} outputs are left out of this status)`
    const nodes = status.nodes.map(({ input: _, output, ...node }) =>
      output === undefined || isLarge(output) ? node : { ...node, output },
    )
    return large === 0
      ? { ...status, nodes }
      : { ...status, nodes, message: `${status.message ?? ''} ${note}`.trim() }
  }

const withoutDetails = (status: RunStatus): RunStatus => ({
  ...status,
  nodes: status.nodes.map((node) => (node.phase === 'Succeeded' ? { ...node, attempts: [] } : node)),
})

const withoutRest =
  (maxBytes: number) =>
  (status: RunStatus): RunStatus => {
    const nodes: NodeStatus[] = []
    let room = maxBytes - jsonBytes({ ...status, nodes }) - 200
    for (const node of status.nodes) {
      room -= jsonBytes(node) + 1
      if (room < 0) break
      nodes.push(node)
    }
    const left = status.nodes.length - nodes.length
    const message =
      `${status.message ?? ''} (${left} of ${status.nodes.length} nodes are left out of this status)`.trim()
    return { ...status, message, nodes }
  }
