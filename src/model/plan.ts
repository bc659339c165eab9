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

import type { Condition } from '../expressions/condition.ts'
import type { Json, JsonObject } from '../lib/json.ts'
import type { RunKind } from '../manifests/kinds/kinds.ts'

export interface Plan {
  version: 1
  kind: RunKind
  namespace: string
  /** Name of the run object. */
  name: string
  jobs: Record<string, JobBody | DeferredJob>
  nodes: PlanNode[]
  /** Of nodes that name none of their own: said once, thousands of nodes still fit. */
  retry?: RetryPolicy
  /** Runs once, when everything that was started has ended and the run is about to fail. */
  onFailure?: JobNode
  /** A failed node keeps only what follows it from starting; without it, nothing new starts after a failure. */
  continueOnFailure?: true
  /** Nodes take the output of what led to them as their input; this is the input of the first. */
  dataflow?: { input: Json }
  /** The run ends as Cancelled before anything starts, in the words of its format. */
  cancelled?: { reason: string; message: string }
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

export type PlanNode = JobNode | SequenceNode | ServiceNode | FleetNode | BranchNode | ParallelNode

/** Where a node stands in the graph, and when its turn comes. */
interface Vertex {
  id: string
  /** Ids of the nodes that lead to it. An id that no node has keeps the node from ever starting. */
  needs: string[]
  /**
   * `all` (the default): when everything it needs has succeeded, at once when it needs nothing. `any`: when one
   * of them has succeeded and, where that is a branch, has chosen it; never when there is none.
   */
  join?: 'all' | 'any'
  /** The parallel that it is a child of: it can start only while that one runs. */
  parent?: string
}

interface JobShaped extends Vertex {
  /** Name of the Job of attempt 1; later attempts add a suffix (`attemptName`). */
  objectName: string
  /** Key into `plan.jobs`. */
  job: string
  retry?: RetryPolicy
  /** Its pod gets a token with which it may record its output over HTTP. */
  apiAccess?: true
}

/** One Kubernetes Job per attempt. */
export interface JobNode extends JobShaped {
  type: 'job'
}

/**
 * Steps that run one after another in the one pod of a Job: all but the last are its init containers. The body has
 * all of them; an attempt that goes on where the one before failed leaves the first ones out.
 */
export interface SequenceNode extends JobShaped {
  type: 'sequence'
  steps: Step[]
}

export interface Step {
  /** As the author calls it. */
  name: string
  /** Name of its container. */
  container: string
}

/** A Deployment and the headless Service before it, which run until the run is cancelled. */
export interface ServiceNode extends Vertex {
  type: 'service'
  /** Name of the Deployment. */
  objectName: string
  /** Name of the Service. */
  serviceName: string
  /** apps/v1 Deployment and v1 Service without what says whose they are. */
  deployment: JsonObject
  service: JsonObject
}

/** One Job per cluster node; the set of nodes is fixed when the run starts. */
export interface FleetNode extends Vertex {
  type: 'fleet'
  /** Job name is `<namePrefix>-<cluster node>`. */
  namePrefix: string
  exclude: string[]
  job: string
  retry: RetryPolicy
  apiAccess?: true
}

/** Chooses one of the nodes that need it: that of the first condition which holds for its input. */
export interface BranchNode extends Vertex {
  type: 'branch'
  choices: { text: string; condition: Condition; next: string }[]
}

/** Runs the nodes whose parent it is, and has ended when nothing of them can run any more. */
export interface ParallelNode extends Vertex {
  type: 'parallel'
}

/** How a node of a plan is tried again; a plan that says nothing tries nothing again. */
export const retryOf = ({ retry }: Plan, node: { retry?: RetryPolicy }): RetryPolicy =>
  node.retry ?? retry ?? { applicationLimit: 0, infrastructureLimit: 0, delayMs: 0 }

/** How often a node is tried again, and how long after. Limits count retries, not attempts. */
export interface RetryPolicy {
  /** Retries after the job itself failed. */
  applicationLimit: number
  /** Retries after an eviction, a lost node or an image that could not be pulled. */
  infrastructureLimit: number
  /** Retries of both sorts together, when it is less than the sum of the limits. */
  totalLimit?: number
  /** Delay before the first retry; doubles with each one up to 10 minutes. */
  delayMs: number
}

export const isDeferred = (job: JobBody | DeferredJob): job is DeferredJob => 'templateRef' in job
