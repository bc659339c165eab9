import { type Json, jsonBytes } from '../../lib/json.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import { type JobCall, requireJob } from './require-job.ts'

/** Every output is part of the run's history and status. Larger data belongs in a store. */
export const MAX_OUTPUT_BYTES = 256 * 1024

/**
 * Records a node's output; the last one before the job ends counts. AppErrors of `requireJob`, and
 * `conflict`, `too-large`.
 */
export async function recordOutput({ deps, input }: Call<JobCall & { output: Json }>): Promise<void> {
  const { id, node, output } = input
  const { attempt, pod, hasEnded } = await requireJob(deps, input)
  if (hasEnded)
    throw new AppError(
      'conflict',
      `The pod ${pod} has ended: an output can only be recorded while the job runs.`,
    )
  const bytes = jsonBytes(output)
  if (bytes > MAX_OUTPUT_BYTES) {
    const message = `The output has ${bytes} bytes; the limit is ${MAX_OUTPUT_BYTES}: store it elsewhere and record its address.`
    throw new AppError('too-large', message)
  }
  const result = await deps.runs.recordOutput(id, { node, attempt, pod, output })
  if (result === 'recorded') return
  throw new AppError(
    'conflict',
    result === 'full'
      ? `The history of the run "${id}" has no room for more outputs: record less often, or record addresses instead of data.`
      : `The run "${id}" has ended: an output of "${node}" can no longer be recorded.`,
  )
}
