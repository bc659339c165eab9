import type { Client } from '@temporalio/client'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { FIRE_WORKFLOW, RUN_WORKFLOW, TASK_QUEUE } from '../../model/temporal-names.ts'
import { workflowsPath } from '../../temporal/workers/build-id.ts'

/** Histories that are fetched and replayed at once; each is in memory whole. */
const CONCURRENCY = 4
/** Between two words about how far it is. */
const TELL_MS = 2_000

export interface Replayed {
  replayed: number
  /** Ids of the runs that would go another way. */
  diverged: string[]
}

/**
 * Replays the open runs of a Temporal namespace, or all of them, with the code of this checkout. Says how far it
 * is, and each run that diverges with the reason.
 */
export async function replayRuns(
  client: Client,
  say: (line: string) => void,
  options: { all?: boolean } = {},
): Promise<Replayed> {
  const types = `WorkflowType IN ('${RUN_WORKFLOW}', '${FIRE_WORKFLOW}') AND TaskQueue = '${TASK_QUEUE}'`
  const query = options.all ? types : `${types} AND ExecutionStatus = 'Running'`
  const { count } = await client.workflow.count(query)
  // The runtime ends with its last worker: one without any would keep the process.
  if (count === 0) return { replayed: 0, diverged: [] }
  // What diverges is told here, once and in our words.
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

/** The server's own words for what differs, out of the wire message around them. */
const reasonOf = ({ message }: Error): string => /"\[TMPRL\d+\] ([^"]+)"/.exec(message)?.[1] ?? message
