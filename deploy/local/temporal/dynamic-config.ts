/**
 * The server's defaults are slow for a few runs on one machine, for reasons that each are a setting: several partitions
 * of a task queue (stalls of 2 s), 20 polls a second of its queues (50 ms on every workflow task), and the database
 * asked for the search attributes at every turn. The last two are what the development server sets: state of all runs
 * kept in memory is bounded, and ten queries for runs in a second are few.
 */
export const dynamicValues: Record<string, number | boolean> = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableActivityEagerExecution': true,
  'history.transferProcessorMaxPollRPS': 300,
  'history.timerProcessorMaxPollRPS': 300,
  'system.forceSearchAttributesCacheRefreshOnRead': false,
  'frontend.workerVersioningWorkflowAPIs': true,
  // A worker that ends would leave its polls to the server; one that is missed there keeps the worker for a minute.
  'frontend.enableCancelWorkerPollsOnShutdown': false,
  'history.hostLevelCacheMaxSize': 8_096,
  'frontend.namespaceRPS.visibility': 100,
}

/** The same in the form of the file that the server reads. */
export const dynamicSettings = Object.fromEntries(
  Object.entries(dynamicValues).map(([name, value]) => [name, [{ value }]]),
)
