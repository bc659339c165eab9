import type { Json } from '../json.ts'
import { AppError } from './app-error.ts'
import type { Call } from './call.ts'
import { getRun } from './get-run.ts'
import { pickNode } from './read-logs.ts'
import { type JobCall, requireJob } from './require-job.ts'

/** What came to the node of a job, for one whose environment has no room for it. AppErrors as `recordOutput`, and `gone`. */
export async function readInput({ deps, actor, input }: Call<JobCall>): Promise<Json> {
  await requireJob(deps, input)
  const run = await getRun({ deps, actor, input })
  if (run.nodes.length === 0)
    throw new AppError('unavailable', run.message ?? 'The run cannot be asked now. Try again.')
  const node = pickNode(run, input.node)
  if (node.input !== undefined) return node.input
  throw new AppError('gone', `No input is kept for "${input.node}" of "${input.id}".`)
}
