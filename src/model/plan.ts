/**
 * The plan: the graph that every manifest format compiles to.
 *
 * It is plain JSON and fixed when the run starts: later edits of a JobTemplate or of the manifest do not
 * affect a started run. It already contains everything that an author wrote about Jobs (globals, shared
 * volumes, forced fields), so later stages do not know the manifest formats.
 *
 * Each Job body is stored once in `jobs`, and nodes refer to it by key. A thousand nodes of one template cost
 * one body, which keeps wide plans under Temporal's payload limit of 2 MiB. A body whose JobTemplate did not
 * exist at submission is deferred: once the node is ready, the run looks for the template until it exists.
 */

import type { Condition } from '../expressions/condition.ts'
import type { Json, JsonObject } from '../lib/json.ts'

export interface Plan {
  version: 1
  /** What it was compiled from; decides the form of the object's status. */
  format: 'jobflow' | 'daemonjob' | 'task' | 'pipeline' | 'jobnetes'
  /** Kind of the run object, for messages and environment variables. */
  kind: string
  namespace: string
  /** Name of the run object. */
  name: string
  jobs: Record<string, JobBody | DeferredJob>
  nodes: PlanNode[]
  /** Default for nodes without their own. Stored once to keep wide plans small. */
  retry?: RetryPolicy
  /** Runs once, when all started nodes have ended and the run is about to fail. */
  onFailure?: JobNode
  /** A failed node blocks only the nodes after it. If absent, nothing new starts after a failure. */
  continueOnFailure?: true
  /** Nodes get the output of their predecessor as input; `input` goes to the first node. */
  dataflow?: { input: Json }
  /** The run ends as Cancelled before any node starts. The words are those of its format. */
  cancelled?: { reason: string; message: string }
}

/** A Job without its name: the author's JSON merged with ours. */
export interface JobBody {
  labels: Record<string, string>
  annotations: Record<string, string>
  /** batch/v1 JobSpec, with unknown fields. */
  spec: JsonObject
}

/** A body that needs the JobTemplate `templateRef` of the run's namespace. */
export interface DeferredJob {
  templateRef: string
  overlay: Overlay
}

/** What a flow adds to a template; see `applyOverlay`. */
export interface Overlay {
  labels?: Record<string, string>
  annotations?: Record<string, string>
  /** On the Job only, not on its pods. */
  jobAnnotations?: Record<string, string>
  /** Precedes every container's own env; own entries of the same name are dropped. */
  env?: JsonObject[]
  nodeName?: string
  volumes?: JsonObject[]
  volumeMounts?: JsonObject[]
  /** Shell script that replaces the first container's command (`script` of an ErrorHandler). */
  script?: string
}

export type PlanNode = JobNode | SequenceNode | ServiceNode | FleetNode | BranchNode | ParallelNode

/** A node's position in the graph, and when it becomes ready. */
interface Vertex {
  id: string
  /** Ids of its upstream nodes. With an unknown id the node never starts. */
  needs: string[]
  /**
   * `all` (default): ready when all needs have succeeded; without needs, at once. `any`: ready when one need
   * has succeeded and, if that is a branch, has chosen this node; without needs, never.
   */
  join?: 'all' | 'any'
  /** Id of its parallel node. The node can start only while the parallel node runs. */
  parent?: string
}

interface JobShaped extends Vertex {
  /** Job name of attempt 1; later attempts add a suffix (`attemptName`). */
  objectName: string
  /** Key into `plan.jobs`. */
  job: string
  retry?: RetryPolicy
  /** Its pod gets a token to record its output over HTTP. */
  apiAccess?: true
}

/** One Kubernetes Job per attempt. */
export interface JobNode extends JobShaped {
  type: 'job'
}

/**
 * Steps that run one after another in the pod of one Job; all but the last are init containers. The body has
 * all steps. A retry that resumes at the failed step leaves out the steps before it.
 */
export interface SequenceNode extends JobShaped {
  type: 'sequence'
  steps: Step[]
}

export interface Step {
  /** The author's name for it. */
  name: string
  /** Name of its container. */
  container: string
}

/** A Deployment and its headless Service. They exist until the run is cancelled. */
export interface ServiceNode extends Vertex {
  type: 'service'
  /** Name of the Deployment. */
  objectName: string
  /** Name of the Service. */
  serviceName: string
  /** apps/v1 Deployment and v1 Service, without ownership labels and annotations. */
  deployment: JsonObject
  service: JsonObject
}

/** One Job per Kubernetes node; the set of nodes is fixed when the run starts. */
export interface FleetNode extends Vertex {
  type: 'fleet'
  /** A Job is named `<namePrefix>-<Kubernetes node>`. */
  namePrefix: string
  exclude: string[]
  job: string
  retry: RetryPolicy
  apiAccess?: true
}

/** Chooses one of its downstream nodes: `next` of the first condition that its input meets. */
export interface BranchNode extends Vertex {
  type: 'branch'
  choices: { text: string; condition: Condition; next: string }[]
}

/** Runs its child nodes, and ends when none of them can run any more. */
export interface ParallelNode extends Vertex {
  type: 'parallel'
}

/** The retry policy of a node: its own, else the plan's, else no retries. */
export const retryOf = ({ retry }: Plan, node: { retry?: RetryPolicy }): RetryPolicy =>
  node.retry ?? retry ?? { applicationLimit: 0, infrastructureLimit: 0, delayMs: 0 }

/** How often a node is retried, and with which delay. Limits count retries, not attempts. */
export interface RetryPolicy {
  /** Retries after the job itself failed. */
  applicationLimit: number
  /** Retries after an eviction, a lost Job or a failed image pull. */
  infrastructureLimit: number
  /** Limit of both sorts together, if less than their sum. */
  totalLimit?: number
  /** Delay before the first retry. It doubles with each retry, up to 10 minutes. */
  delayMs: number
}

export const isDeferred = (job: JobBody | DeferredJob): job is DeferredJob => 'templateRef' in job
