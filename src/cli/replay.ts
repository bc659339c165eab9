import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Client } from '@temporalio/client'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { FIRE_WORKFLOW, RUN_WORKFLOW, TASK_QUEUE } from '../../workflows/names.ts'
import { readConfig } from '../config.ts'
import { connectTemporal } from '../temporal/connect.ts'

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))

/** Histories that are fetched and replayed at once; each is in memory whole. */
const CONCURRENCY = 4

/**
 * Before new code is rolled out: replays every open run of the Temporal namespace with the code of this checkout.
 * A run that would go another way is told by its id, and the exit code is 1: with the new code it would stand still.
 */
export async function replay(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { all: { type: 'boolean' } } })
  const { address, namespace } = readConfig().temporal
  // What diverges is told here, once and in our words.
  const logging = { forward: {}, filter: 'OFF' }
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging } })
  const connection = connectTemporal({ address })
  const client = new Client({ connection, namespace })
  const types = `WorkflowType IN ('${RUN_WORKFLOW}', '${FIRE_WORKFLOW}') AND TaskQueue = '${TASK_QUEUE}'`
  const query = values.all ? types : `${types} AND ExecutionStatus = 'Running'`
  let replayed = 0
  const diverged: string[] = []
  try {
    const histories = client.workflow.list({ query }).intoHistories({ concurrency: CONCURRENCY })
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowsPath }, histories)) {
      replayed += 1
      if (!error) continue
      diverged.push(workflowId)
      process.stdout.write(`✘ ${workflowId}: ${error.message}\n`)
    }
  } finally {
    await connection.close()
  }
  const what = values.all ? 'runs' : 'open runs'
  if (diverged.length === 0) {
    process.stdout.write(`${replayed} ${what} of Temporal namespace "${namespace}" replay with this code.\n`)
    return
  }
  throw new Error(
    `${diverged.length} of ${replayed} ${what} go another way with this code and would stand still: keep a worker of the old version for them, or guard the change with patched()`,
  )
}
