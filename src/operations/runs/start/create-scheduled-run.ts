import type { FireOrder, NotPrepared, PreparedRun } from '../../../model/messages.ts'
import { AppError } from '../../app-error.ts'
import { createDefinitions } from '../../definitions/definitions.ts'
import type { Deps } from '../../deps.ts'
import type { RunStart } from '../../ports/runs.ts'
import { generatedNames } from './run-from-definition.ts'
import { startInstance } from './store-from-definition.ts'

/**
 * Makes the run object for one fire of a schedule, in the same way as for every other run; the fire's own
 * workflow starts the run. Safe to repeat: the key determines the name, and the name the object. A permanent
 * refusal is returned. Errors that may pass are thrown, and the activity is retried.
 */
export async function prepareRun(deps: Deps, order: FireOrder): Promise<PreparedRun | NotPrepared> {
  const { namespace, pipeline, key, scheduledAt } = order
  const definition = { kind: 'Pipeline', name: pipeline } as const
  const definitions = createDefinitions(deps.catalog, deps.settings)
  if (!(await definitions.isStored(definition, namespace))) {
    await deps.schedules.remove({ namespace, name: pipeline })
    return { message: `Pipeline ${namespace}/${pipeline} no longer exists: its schedule was deleted` }
  }
  const starts: RunStart[] = []
  const held: Deps = {
    ...deps,
    runs: {
      ...deps.runs,
      start: async (start) => {
        starts.push(start)
        return 'started'
      },
    },
    // The fire marks the object as started once the run's workflow exists.
    catalog: { ...deps.catalog, annotate: async () => {} },
  }
  try {
    const names = generatedNames(pipeline, key)
    const started = await startInstance(
      held,
      { definition, namespace, names },
      { key, trigger: 'schedule', definitions, ...(scheduledAt === undefined ? {} : { scheduledAt }) },
    )
    if ('taken' in started) return { message: `all generated names for a run of ${pipeline} are taken` }
    const [start] = starts
    return start ? deps.runs.prepare(start) : { message: `the run ${started.name} was already started` }
  } catch (error) {
    // An invalid manifest stays invalid. A quota, a missing permission or a conflict may pass.
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    return {
      refused: `the run was refused: ${error.message} ${error.issues.map(({ message }) => message).join('; ')}`,
    }
  }
}
