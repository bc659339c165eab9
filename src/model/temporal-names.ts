/** Typed search attributes, all of type Keyword; registered by `millrace install` and the local stack. */
export const searchAttributes = {
  kind: 'MillraceKind',
  definition: 'MillraceDefinition',
  namespace: 'MillraceNamespace',
  phase: 'MillracePhase',
  trigger: 'MillraceTrigger',
} as const

export const RUN_WORKFLOW = 'run'

/** Fires once for each time of a schedule; starts a run and stays until that has ended. */
export const FIRE_WORKFLOW = 'fire'

export const TASK_QUEUE = 'millrace'

/** Activities that stay and watch: they hold a slot each, and must not take those of all others. */
export const WATCH_QUEUE = 'millrace-watch'

/** Temporal's id of the activity of an attempt: whoever knows its Job knows its activity. */
export const activityIdOf = (node: string, attempt: number): string => `${node}#${attempt}`
