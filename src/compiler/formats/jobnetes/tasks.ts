import type { JobnetesTask, Workflow } from '../../../manifests/kinds/jobnetes/workflow.ts'

/** A task of a jobnetes workflow with its position in the graph. */
export interface PlacedTask {
  task: JobnetesTask
  type: 'job' | 'parallel' | 'branch'
  path: (string | number)[]
  /** Ids of its upstream tasks. */
  needs: string[]
  join?: 'any'
  parent?: string
  isReached: boolean
}

/** All tasks in written order; those of a parallel follow it. */
export function placeTasks({ spec }: Workflow): PlacedTask[] {
  const placed: PlacedTask[] = []
  const placeList = (
    tasks: readonly JobnetesTask[],
    path: (string | number)[],
    parent?: string,
    live = true,
  ): void => {
    const reached = live ? reachedFrom(tasks) : new Set<string>()
    for (const [index, task] of tasks.entries()) {
      const at = [...path, index]
      const type = typeOf(task)
      const isReached = reached.has(task.name)
      placed.push({
        task,
        type,
        path: at,
        // The first task starts by itself. A link to it closes a cycle or is never reached.
        ...(index === 0 ? { needs: [] } : { needs: leadingTo(tasks, task.name), join: 'any' as const }),
        ...(parent === undefined ? {} : { parent }),
        isReached,
      })
      for (const [number, set] of (type === 'parallel' ? (task['task-sets'] ?? []) : []).entries())
        placeList(set, [...at, 'task-sets', number], task.name, isReached)
    }
  }
  placeList(spec.tasks, ['spec', 'tasks'])
  return placed
}

function typeOf({ type }: JobnetesTask): PlacedTask['type'] {
  switch (type) {
    case 'kube-job':
    case 'kubejob':
      return 'job'
    case 'parallel':
    case 'parallel-job':
      return 'parallel'
    case 'branch':
    case 'choice-job':
      return 'branch'
    default:
      return type satisfies never
  }
}

const nextsOf = (task: JobnetesTask): string[] =>
  typeOf(task) === 'branch'
    ? (task.tasks ?? []).map(({ next }) => next)
    : task.next === undefined
      ? []
      : [task.next]

const leadingTo = (tasks: readonly JobnetesTask[], name: string): string[] =>
  tasks.filter((task) => nextsOf(task).includes(name)).map((task) => task.name)

function reachedFrom(tasks: readonly JobnetesTask[]): Set<string> {
  const byName = new Map(tasks.map((task) => [task.name, task]))
  const reached = new Set<string>()
  const open = tasks[0] ? [tasks[0].name] : []
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    const task = byName.get(name)
    if (task) open.push(...nextsOf(task))
  }
  return reached
}
