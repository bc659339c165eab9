import type { Call } from '../call.ts'
import type { RunFilter, RunSummary } from '../ports/runs.ts'

export interface ListRunsInput extends RunFilter {
  limit: number
  cursor?: string
}

/**
 * One page: open runs first, then ended ones, each newest first. The list is Temporal's visibility store, so
 * a run shows up a moment after its start.
 */
export async function listRuns({
  deps,
  input,
}: Call<ListRunsInput>): Promise<{ runs: RunSummary[]; next?: string }> {
  const { limit, cursor, ...filter } = input
  return deps.runs.list(filter, { limit, ...(cursor === undefined ? {} : { cursor }) })
}
