/**
 * The server's defaults are slow for a few runs on one machine: several partitions of a task queue (stalls of 2 s),
 * 20 polls a second of its queues (50 ms on every workflow task), and a database read of the search attributes on
 * every access. The last two values are those of the development server: they limit the memory for runs, and allow
 * more than ten list queries a second.
 */
export const dynamicValues: Record<string, number | boolean> = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableActivityEagerExecution': true,
  'history.transferProcessorMaxPollRPS': 300,
  'history.timerProcessorMaxPollRPS': 300,
  'system.forceSearchAttributesCacheRefreshOnRead': false,
  'frontend.workerVersioningWorkflowAPIs': true,
  // A worker that shuts down would leave its open polls to the server. If the server misses one, the worker stays
  // for a minute.
  'frontend.enableCancelWorkerPollsOnShutdown': false,
  'history.hostLevelCacheMaxSize': 8_096,
  'frontend.namespaceRPS.visibility': 100,
}

/** The same in the format of the server's file. */
export const dynamicSettings = Object.fromEntries(
  Object.entries(dynamicValues).map(([name, value]) => [name, [{ value }]]),
)
