/** Key of a service: the uid of its run, and its node. */
export const serviceKey = (run: unknown, node: unknown): string => `${run}/${node}`

/** Key of one try of an activity; `runId` is the workflow id. */
export const waiterKey = (runId: string, activityId: string, tryNumber: number): string =>
  JSON.stringify([runId, activityId, tryNumber])
