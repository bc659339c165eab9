/**
 * Activities: everything that a run does to a cluster.
 *
 * One verb per file; each may be repeated at any time by any worker, because object names are a function of run,
 * node and attempt, and what exists already is adopted. Activities that wait hold nothing: `runJob` leaves its
 * task token on the Job and the shared watch (watch/) completes it. `observe/` and `manifests/` are pure.
 *
 * Failing: what Kubernetes refuses for good is an outcome of the attempt; whatever may pass (an API server that
 * is away, a quota) is thrown, and Temporal tries again with the options of workflows/proxies.
 */
import type { Kube } from '../src/kube/client.ts'
import { deleteObjects } from './delete-objects.ts'
import { findTemplate } from './find-template.ts'
import { listClusterNodes } from './list-cluster-nodes.ts'
import { runFleet } from './run-fleet.ts'
import { runJob } from './run-job.ts'
import type { Attempts } from './watch/attempts.ts'

export interface ActivityDeps {
  kube: Kube
  attempts: Attempts
  /** Value of the instance label on everything that is made. */
  instance: string
}

type Tail<F> = F extends (deps: ActivityDeps, ...rest: infer R) => infer P ? (...rest: R) => P : never

export interface Activities {
  runJob: Tail<typeof runJob>
  runFleet: Tail<typeof runFleet>
  findTemplate: Tail<typeof findTemplate>
  listClusterNodes: Tail<typeof listClusterNodes>
  deleteObjects: Tail<typeof deleteObjects>
}

export function createActivities(deps: ActivityDeps): Activities {
  return {
    runJob: (order) => runJob(deps, order),
    runFleet: (order) => runFleet(deps, order),
    findTemplate: (order) => findTemplate(deps, order),
    listClusterNodes: () => listClusterNodes(deps),
    deleteObjects: (run) => deleteObjects(deps, run),
  }
}
