export const runPhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'] as const

export type RunPhase = (typeof runPhases)[number]

/** `Skipped` is final: the node will never run, and its message says why. */
export const nodePhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled', 'Skipped'] as const

export type NodePhase = (typeof nodePhases)[number]

export const isFinal = (phase: NodePhase): boolean => phase !== 'Pending' && phase !== 'Running'
