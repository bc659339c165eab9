import type { FireOrder, NotPrepared, PreparedRun } from '../../workflows/messages.ts'
import { AppError } from './app-error.ts'
import { generatedNames, instantiate } from './instantiate.ts'
import type { Deps, RunStart } from './ports.ts'
import { stageRun } from './stage-run.ts'
import { startStaged } from './start-staged.ts'

/**
 * Makes the run object of one fire of a schedule, on the road of every other run, except that the workflow is
 * started by the fire itself. Safe to repeat: the key gives the same name, and the name the same object. What
 * can never be run is said; what may pass is thrown, and tried again.
 */
export async function prepareRun(deps: Deps, order: FireOrder): Promise<PreparedRun | NotPrepared> {
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
  try {
    for (const name of generatedNames(pipeline, key)) {
      const staged = stageRun(instantiate(ref, name), namespace, (path) => path)
      const origin = {
        key,
        definition: pipeline,
        trigger: 'schedule',
        ...(scheduledAt === undefined ? {} : { scheduledAt }),
      } as const
      if ((await startStaged(held, staged, origin)) === 'taken') continue
      const [start] = starts
      return start ? deps.runs.prepare(start) : { message: `the run ${name} was started before` }
    }
    return { message: `no name is free for a run of ${pipeline}` }
  } catch (error) {
    // What breaks a rule breaks it the next time too; a quota, a right or a conflict may pass.
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    return {
      refused: `the run was refused: ${error.message} ${error.issues.map(({ message }) => message).join('; ')}`,
    }
  }
}
