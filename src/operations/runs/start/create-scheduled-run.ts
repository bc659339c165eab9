import { definitionTypes } from '../../../manifests/kinds/kinds.ts'
import type {
  NotStarted,
  RunStartOptions,
  ScheduledRunRequest,
} from '../../../model/messages/scheduled-run.ts'
import { AppError } from '../../app-error.ts'
import { createDefinitions } from '../../definitions/definitions.ts'
import type { Deps } from '../../deps.ts'
import { generatedNames } from './run-from-definition.ts'
import { storeFromDefinition } from './store-from-definition.ts'

/**
 * Stores the run object for one scheduled time, as for every other run; the workflow of that time starts the
 * run as its child. Safe to repeat: the key determines the name, and the name the object. A permanent refusal
 * is returned. Errors that may pass are thrown, and the activity is retried.
 */
export async function createScheduledRun(
  deps: Deps,
  request: ScheduledRunRequest,
): Promise<RunStartOptions | NotStarted> {
  const { namespace, pipeline, key, scheduledAt } = request
  const definition = { ...definitionTypes.Pipeline, name: pipeline }
  const definitions = createDefinitions(deps.catalog, deps.settings)
  if (!(await definitions.isStored(definition, namespace))) {
    await deps.schedules.remove({ namespace, name: pipeline })
    return { message: `Pipeline ${namespace}/${pipeline} no longer exists: its schedule was deleted` }
  }
  try {
    const result = await storeFromDefinition(
      deps,
      { definition, namespace, names: generatedNames(pipeline, key) },
      { key, trigger: 'schedule', definitions, ...(scheduledAt === undefined ? {} : { scheduledAt }) },
    )
    if ('taken' in result) return { message: `all generated names for a run of ${pipeline} are taken` }
    const { start, object } = result.stored
    return start
      ? deps.runs.toStartOptions(start)
      : { message: `the run ${object.metadata.name} was already started` }
  } catch (error) {
    // An invalid manifest stays invalid. A quota, a missing permission or a conflict may pass.
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    return {
      refused: `the run was refused: ${error.message} ${error.issues.map(({ message }) => message).join('; ')}`,
    }
  }
}
