import type { Json } from '../../lib/json.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import { type JobCall, requireJob } from './require-job.ts'

/** A node's input, if it does not fit into the environment. AppErrors of `requireJob`, and `gone`. */
export async function readInput({ deps, input }: Call<JobCall>): Promise<Json> {
  await requireJob(deps, input)
  const found = await deps.runs.input(input.id, input.node)
  if (found !== undefined) return found
  throw new AppError('gone', `The input of node "${input.node}" of the run "${input.id}" does not exist.`)
}
