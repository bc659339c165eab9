import { inParallel } from '../../lib/in-parallel.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import type { Deps } from '../deps.ts'
import { ENDS_WITHIN_MS } from '../runs/remove-run.ts'
import { describeObject } from '../runs/run-object.ts'
import { type DefinitionRef, noSuchDefinition } from './get-definition.ts'

/** A Pipeline usually has few open runs, so one page is enough. When there are more, every page is read. */
const PAGE = 100
/** One at a time, many runs would outlast the wait. More in parallel would only queue. */
const MAX_PARALLEL = 8

export type DeleteDefinitionInput = DefinitionRef & {
  /** The resourceVersion to delete. */
  ifMatch?: string
}

/** Runs made from it continue with the plan they carry. Runs of a Pipeline are cancelled and deleted too. */
export async function deleteDefinition({ deps, input }: Call<DeleteDefinitionInput>): Promise<void> {
  const { ifMatch, ...ref } = input
  const stored = await deps.catalog.get(ref)
  if (!stored) throw noSuchDefinition(ref)
  const { uid, resourceVersion } = stored.metadata
  const changed = (cause?: unknown): AppError =>
    new AppError(
      'precondition',
      `The current version of ${describeObject(ref)} is not the one in If-Match.`,
      { cause },
    )
  if (ifMatch !== undefined && ifMatch !== resourceVersion) throw changed()
  await endRuns(deps, ref)
  try {
    await deps.catalog.delete(ref, ifMatch === undefined ? { uid } : { uid, resourceVersion })
  } catch (error) {
    if (ifMatch !== undefined && error instanceof AppError && error.code === 'conflict') throw changed(error)
    throw error
  }
  if (ref.kind === 'Pipeline') await deps.schedules.remove({ namespace: ref.namespace, name: ref.name })
}

/** Kubernetes deletes the run objects with the Pipeline. An open run would see its Jobs as lost. */
async function endRuns({ runs }: Deps, { kind, namespace, name }: DefinitionRef): Promise<void> {
  if (kind !== 'Pipeline') return
  const open: string[] = []
  for (const phase of ['Pending', 'Running'] as const) {
    let cursor: string | undefined
    do {
      const filter = { namespace, definition: name, kind: 'PipelineRun', phase }
      const page = await runs.list(filter, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
      open.push(...page.runs.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== undefined)
  }
  await inParallel(open, MAX_PARALLEL, async (id) => {
    await runs.cancel(id)
  })
  const endBy = Date.now() + ENDS_WITHIN_MS
  await inParallel(open, MAX_PARALLEL, async (id) => {
    await runs.ended(id, Math.max(1, endBy - Date.now()))
  })
}
