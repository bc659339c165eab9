import { parseArgs } from 'node:util'
import { Client } from '@temporalio/client'
import { readConfig } from '../../config/config.ts'
import { connectTemporal } from '../../temporal/connect.ts'
import { replayRuns } from './replay-runs.ts'

/**
 * Replays every open run of the Temporal namespace with the code of this checkout, before that is rolled out.
 * A run that diverges is reported by its id, and the exit code is 1: with the new code it would stop making
 * progress.
 */
export async function replay(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { all: { type: 'boolean', default: false } } })
  const { address, namespace } = readConfig().temporal
  const connection = connectTemporal({ address })
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const what = values.all ? 'runs' : 'open runs'
  try {
    const { replayed, diverged } = await replayRuns(new Client({ connection, namespace }), say, values)
    if (diverged.length === 0)
      return say(`${replayed} ${what} of Temporal namespace "${namespace}" replay with this code.`)
    throw new Error(
      `${diverged.length} of ${replayed} ${what} diverge with this code and would make no progress: keep a worker of the old build for them, or guard the change with patched()`,
    )
  } finally {
    await connection.close()
  }
}
