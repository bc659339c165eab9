import type { FireOrder, PreparedRun } from '../../workflows/messages.ts'
import { SCHEDULED_TIME_ANNOTATION } from '../../workflows/names.ts'
import { AppError } from './app-error.ts'
import { generatedNames, instantiate } from './instantiate.ts'
import type { Deps, RunStart } from './ports.ts'
import { stageRun } from './stage-run.ts'
import { startStaged } from './start-staged.ts'

/**
 * Makes the run object of one fire of a schedule, on the road of every other run, except that the workflow is
 * started by the fire itself. Safe to repeat: the key gives the same name, and the name the same object. What
 * cannot be run is said, and is no error: a schedule that fires goes on firing.
 */
export async function prepareRun(deps: Deps, order: FireOrder): Promise<PreparedRun | { message: string }> {
  const { namespace, pipeline, key, scheduledAt } = order
  const ref = { kind: 'Pipeline', namespace, name: pipeline } as const
  if (!(await deps.catalog.get(ref))) {
    await deps.schedules.remove({ namespace, name: pipeline })
    return { message: `there is no Pipeline ${namespace}/${pipeline} any more: its schedule is removed` }
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
    // Started is what it is when its workflow is there: the fire notes that itself.
    catalog: { ...deps.catalog, annotate: async () => {} },
  }
  const annotations = scheduledAt === undefined ? {} : { [SCHEDULED_TIME_ANNOTATION]: scheduledAt }
  try {
    for (const name of generatedNames(pipeline, key)) {
      const staged = stageRun(instantiate(ref, name, { annotations }), namespace, (path) => path)
      const origin = { key, definition: pipeline, trigger: 'schedule' } as const
      if ((await startStaged(held, staged, origin)) === 'taken') continue
      const [start] = starts
      return start ? deps.runs.prepare(start) : { message: `the run ${name} was started before` }
    }
    return { message: `no name is free for a run of ${pipeline}` }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error
    return { message: `the run was refused: ${error.message}` }
  }
}
