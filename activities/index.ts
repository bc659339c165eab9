/**
 * Activities: everything that a run does to a cluster.
 *
 * One verb per file. Any worker may repeat any of them at any time, because object names are a function of
 * run, node and attempt, and existing objects are adopted. `runJob` leaves its task token on the Job, and
 * src/jobs/report completes it. `resources/` and src/jobs/observe are pure.
 *
 * Failing: a final refusal by Kubernetes is an outcome of the attempt. Whatever may pass (an API server that
 * is unavailable, a quota) is thrown, and Temporal retries with the options of workflows/proxies.ts.
 */

import { deleteObjects } from './delete-objects.ts'
import type { ActivityDeps, ScheduledRuns } from './deps.ts'
import { findTemplate } from './find-template.ts'
import { keepService } from './keep-service.ts'
import { listClusterNodes } from './list-cluster-nodes.ts'
import { runBlock } from './run-block.ts'
import { runJob } from './run-job.ts'

type Tail<F> = F extends (deps: ActivityDeps, ...rest: infer R) => infer P ? (...rest: R) => P : never

export interface Activities {
  runJob: Tail<typeof runJob>
  runBlock: Tail<typeof runBlock>
  findTemplate: Tail<typeof findTemplate>
  listClusterNodes: Tail<typeof listClusterNodes>
  deleteObjects: Tail<typeof deleteObjects>
  keepService: Tail<typeof keepService>
  createScheduledRun: ScheduledRuns['create']
  markStarted: ScheduledRuns['markStarted']
}

export function createActivities(deps: ActivityDeps): Activities {
  return {
    runJob: (order) => runJob(deps, order),
    runBlock: (order) => runBlock(deps, order),
    findTemplate: (order) => findTemplate(deps, order),
    listClusterNodes: () => listClusterNodes(deps),
    deleteObjects: (run, withServices) => deleteObjects(deps, run, withServices),
    keepService: (order) => keepService(deps, order),
    createScheduledRun: (request) => deps.scheduledRuns.create(request),
    markStarted: (run) => deps.scheduledRuns.markStarted(run),
  }
}
