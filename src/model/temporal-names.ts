/** Search attributes, all of type Keyword. `millrace install` and the local stack register them. */
export const searchAttributes = {
  kind: 'MillraceKind',
  definition: 'MillraceDefinition',
  namespace: 'MillraceNamespace',
  phase: 'MillracePhase',
  trigger: 'MillraceTrigger',
} as const

export const RUN_WORKFLOW = 'run'

/** Workflow of one scheduled time: starts a run and ends after it. */
export const SCHEDULED_RUN_WORKFLOW = 'scheduledRun'

export const TASK_QUEUE = 'millrace'

/** For long activities that watch objects. Each holds a worker slot, so they have their own queue. */
export const WATCH_QUEUE = 'millrace-watch'

/** Activity id of an attempt. The annotations of its Job determine it. */
export const activityIdOf = (node: string, attempt: number): string => `${node}#${attempt}`
