import { inParallel } from '../../lib/in-parallel.ts'
import { AppError } from '../app-error.ts'
import type { Call } from '../call.ts'
import type { Deps } from '../deps.ts'
import { ENDS_WITHIN_MS } from '../runs/remove-run.ts'
import { describeObject } from '../runs/run-object.ts'
import { type DefinitionRef, noSuchDefinition } from './get-definition.ts'

/** Few runs of a Pipeline are open at a time as a rule, so that one question is enough; of more, every page is read. */
const PAGE = 100
/** As for a submission: one after another many runs would outlast the wait, and more at once would only queue. */
const MAX_PARALLEL = 8

export interface DeleteDefinitionInput extends DefinitionRef {
  /** The resourceVersion that is to be deleted. */
  ifMatch?: string
}

/** Runs that were made from it go on: they carry their plan. Those of a Pipeline are cancelled and go with it. */
export async function deleteDefinition({ deps, input }: Call<DeleteDefinitionInput>): Promise<void> {
  const { ifMatch, ...ref } = input
  const stored = await deps.catalog.get(ref)
  if (!stored) throw noSuchDefinition(ref)
  const { uid, resourceVersion } = stored.metadata
  const changed = (cause?: unknown): AppError =>
    new AppError('precondition', `${describeObject(ref)} is not the version that If-Match names.`, { cause })
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

/** Kubernetes deletes their objects with the Pipeline; without this their Jobs would look as if somebody took them. */
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
