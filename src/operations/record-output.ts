import type { Json } from '../json.ts'
import { AppError } from './app-error.ts'
import type { Call } from './call.ts'
import { type JobCall, requireJob } from './require-job.ts'

/** Every output stands in the run's history and status: larger data belongs into a store, and its address here. */
export const MAX_OUTPUT_BYTES = 256 * 1024

/** A job records what the next one is to get; the last one before it ends counts. AppErrors: `forbidden`, `conflict`, `too-large`. */
export async function recordOutput({ deps, input }: Call<JobCall & { output: Json }>): Promise<void> {
  const { id, node, output } = input
  const { attempt } = await requireJob(deps, input)
  const bytes = Buffer.byteLength(JSON.stringify(output))
  if (bytes > MAX_OUTPUT_BYTES) {
    const message = `The output has ${bytes} bytes and may have ${MAX_OUTPUT_BYTES}: put it into a store and record its address.`
    throw new AppError('too-large', message)
  }
  if (await deps.runs.recordOutput(id, { node, attempt, output })) return
  throw new AppError('conflict', `The run "${id}" has ended: nothing takes an output of "${node}" any more.`)
}
