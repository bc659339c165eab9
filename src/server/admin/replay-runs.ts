import type { Client } from '@temporalio/client'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { RUN_WORKFLOW, SCHEDULED_RUN_WORKFLOW, TASK_QUEUE } from '../../model/temporal-names.ts'
import { workflowsPath } from '../../temporal/workers/build-id.ts'

/** Histories fetched and replayed in parallel; each is held in memory. */
const CONCURRENCY = 4
/** Between two progress lines. */
const TELL_MS = 2_000

export interface Replayed {
  replayed: number
  /** Ids of the runs whose replay diverges. */
  diverged: string[]
}

/**
 * Replays the open runs of a Temporal namespace, or all of them, with the code of this checkout. Reports the
 * progress, and each run that diverges with the reason.
 */
export async function replayRuns(
  client: Client,
  say: (line: string) => void,
  options: { all?: boolean } = {},
): Promise<Replayed> {
  const types = `WorkflowType IN ('${RUN_WORKFLOW}', '${SCHEDULED_RUN_WORKFLOW}') AND TaskQueue = '${TASK_QUEUE}'`
  const query = options.all ? types : `${types} AND ExecutionStatus = 'Running'`
  const { count } = await client.workflow.count(query)
  // The runtime ends with its last worker. Without any worker it would keep the process alive.
  if (count === 0) return { replayed: 0, diverged: [] }
  // Divergence is reported below, so the runtime's own log is off.
  const logging = { forward: {}, filter: 'OFF' }
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging } })
  let replayed = 0
  const diverged: string[] = []
  let toldAt = Date.now()
  const histories = client.workflow.list({ query }).intoHistories({ concurrency: CONCURRENCY })
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowsPath }, histories)) {
    replayed += 1
    if (error) {
      diverged.push(workflowId)
      say(`✘ ${workflowId}: ${reasonOf(error)}`)
    }
    if (Date.now() - toldAt < TELL_MS) continue
    toldAt = Date.now()
    say(`Replayed ${replayed} of ${count}`)
  }
  return { replayed, diverged }
}

/** The part of the SDK's message that says what differs. */
const reasonOf = ({ message }: Error): string => /"\[TMPRL\d+\] ([^"]+)"/.exec(message)?.[1] ?? message
