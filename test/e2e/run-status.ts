/** What tests read from the status of a run. */
import type { NodeStatus, RunStatus } from '../../src/model/run-status.ts'
import type { RunView } from '../../src/operations/runs/get-run.ts'

export const nodeOf = (run: RunStatus, id: string): NodeStatus => {
  const node = run.nodes.find((one) => one.id === id)
  if (!node) throw new Error(`no node ${id} in ${run.nodes.map((one) => one.id).join(', ')}`)
  return node
}

/** Milliseconds since 1970 of a node's first attempt; NaN without an attempt. */
export const startedAt = (run: RunStatus, id: string): number =>
  Date.parse(nodeOf(run, id).attempts[0]?.startedAt ?? '')
export const endedAt = (run: RunStatus, id: string): number =>
  Date.parse(nodeOf(run, id).attempts[0]?.endedAt ?? '')

/** The Jobs that a JobFlow or DaemonJob lists in its own status. */
export function jobStatusList({ objectStatus }: Pick<RunView, 'objectStatus'>): Record<string, object> {
  if (!('jobStatusList' in objectStatus)) throw new Error('this kind has no list of Jobs in its status')
  return objectStatus.jobStatusList
}

/** The steps of a node's latest attempt, as `name: phase`. */
export const stepsOf = (run: RunStatus, node = 'steps'): string[] =>
  (nodeOf(run, node).attempts.at(-1)?.steps ?? []).map(({ name, phase }) => `${name}: ${phase}`)

/** The phase of each node, by its id. */
export const phasesOf = (run: RunStatus): Record<string, string> =>
  Object.fromEntries(run.nodes.map(({ id, phase }) => [id, phase]))
