/**
 * The plan: the one graph that every manifest format compiles to.
 *
 * It is plain JSON, pinned to a run when the run starts: a later edit of a JobTemplate or of the manifest
 * does not reach a run that is under way. Everything an author wrote about Jobs is already folded in here
 * (globals, shared volumes, forced fields), so nothing behind this point knows a manifest format.
 *
 * Job bodies stand once in `jobs`, under a key, and nodes name the key: a thousand nodes of one template cost
 * one body, which keeps wide plans under Temporal's payload limit of 2 MiB. A body whose JobTemplate did not
 * exist at submission is `deferred`: the run asks for it when the node could start, until it is there.
 */
import type { JsonObject } from '../json.ts'
import type { RunKind } from '../spec/kinds.ts'

export interface Plan {
  version: 1
  kind: RunKind
  namespace: string
  /** Name of the run object. */
  name: string
  jobs: Record<string, JobBody | DeferredJob>
  nodes: PlanNode[]
  /** Runs once, when everything that was started has ended and the run is about to fail. */
  onFailure?: JobNode
}

/** A Job without its name: what Kubernetes is asked for, as the author's JSON with ours folded in. */
export interface JobBody {
  labels: Record<string, string>
  annotations: Record<string, string>
  /** batch/v1 JobSpec, unknown fields included. */
  spec: JsonObject
}

/** A body that waits for the JobTemplate `templateRef` of the run's namespace. */
export interface DeferredJob {
  templateRef: string
  overlay: Overlay
}

/** What a flow lays over a template; see `applyOverlay`. */
export interface Overlay {
  labels?: Record<string, string>
  annotations?: Record<string, string>
  /** On the Job alone, not on its pods. */
  jobAnnotations?: Record<string, string>
  /** Goes before every container's own env; a container's own entry of the same name is dropped. */
  env?: JsonObject[]
  nodeName?: string
  volumes?: JsonObject[]
  volumeMounts?: JsonObject[]
  /** Shell script that replaces the first container's command (ErrorHandler `script`). */
  script?: string
}

export type PlanNode = JobNode | FleetNode

interface NodeCommon {
  id: string
  /** Ids of the nodes that must have succeeded. An id that no node has keeps the node from ever starting. */
  needs: string[]
  /** Key into `plan.jobs`. */
  job: string
  retry: RetryPolicy
}

/** One Kubernetes Job per attempt. */
export interface JobNode extends NodeCommon {
  type: 'job'
  /** Name of the Job of attempt 1; later attempts add a suffix (`attemptName`). */
  objectName: string
}

/** One Job per cluster node; the set of nodes is fixed when the run starts. */
export interface FleetNode extends NodeCommon {
  type: 'fleet'
  /** Job name is `<namePrefix>-<cluster node>`. */
  namePrefix: string
  exclude: string[]
}

/** How often a node is tried again, and how long after. Limits count retries, not attempts. */
export interface RetryPolicy {
  /** Retries after the job itself failed. */
  applicationLimit: number
  /** Retries after an eviction, a lost node or an image that could not be pulled. */
  infrastructureLimit: number
  /** Delay before the first retry; doubles with each one up to 10 minutes. */
  delayMs: number
}

export const isDeferred = (job: JobBody | DeferredJob): job is DeferredJob => 'templateRef' in job
