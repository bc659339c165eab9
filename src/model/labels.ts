/**
 * The vocabulary: every label, annotation, search attribute and object name of this system.
 * Pure, so that API, worker and workflow cannot disagree about a spelling.
 */

/** Which installation an object belongs to; the watch selects on it, so two installations can share a cluster. */
export const INSTANCE_LABEL = 'millrace.dev/instance'
/** Uid of the run object: on every Job, pod and whatever else a run makes. */
export const RUN_LABEL = 'millrace.dev/run-uid'
/** Workflow id of the run (its slashes do not fit a label). */
export const RUN_ID_ANNOTATION = 'millrace.dev/run-id'
/** Node of the plan that an object is an attempt of. */
export const NODE_ANNOTATION = 'millrace.dev/node'
/** Number of the attempt, from 1. */
export const ATTEMPT_ANNOTATION = 'millrace.dev/attempt'
/** Base64 task token of the activity that waits for this object. */
export const TASK_TOKEN_ANNOTATION = 'millrace.dev/task-token'
/** Number of the try of the activity whose token that is: an older one must not put its own in the place of a newer. */
export const TRY_ANNOTATION = 'millrace.dev/task-try'
/** The author's ttlSecondsAfterFinished, held back until the outcome is recorded. */
export const TTL_ANNOTATION = 'millrace.dev/ttl-seconds-after-finished'
/** On a run object: the workflow was started. A finished run never starts again, even when Temporal forgot it. */
export const STARTED_ANNOTATION = 'millrace.dev/started-run'
/** On a run object made by `POST /v1/runs`: the Idempotency-Key it was made for. */
export const IDEMPOTENCY_ANNOTATION = 'millrace.dev/idempotency-key'
/** On a run object: how often a node is tried again after an eviction, a lost node or a missing image. */
export const INFRASTRUCTURE_RETRIES_ANNOTATION = 'millrace.dev/infrastructure-retries'
/** On a Pipeline or PipelineRun: the PersistentVolumeClaim that holds /workspace, so that it outlives an attempt. */
export const WORKSPACE_ANNOTATION = 'millrace.dev/workspace-claim'
/** On a Pipeline: for runs that do not say it themselves, above all those of a schedule. */
export const MAX_RETRY_ANNOTATION = 'millrace.dev/max-retry-count'
export const TIMEOUT_ANNOTATION = 'millrace.dev/timeout'
/** On a Pipeline: how its schedule fires. */
export const OVERLAP_ANNOTATION = 'millrace.dev/overlap-policy'
export const CATCH_UP_ANNOTATION = 'millrace.dev/catch-up-window'
export const TIME_ZONE_ANNOTATION = 'millrace.dev/time-zone'
/** On a run object that a schedule made: the time it was due, RFC 3339 UTC. */
export const SCHEDULED_TIME_ANNOTATION = 'millrace.dev/scheduled-time'
/** On a run object: "true" gives its pods a token with which they may record outputs over HTTP. */
export const API_ACCESS_ANNOTATION = 'millrace.dev/api-access'
/** On the pod of a sequence: its steps as JSON, name by container. */
export const STEPS_ANNOTATION = 'millrace.dev/steps'
/** On the pod of a sequence, with a number behind it: the script of that step. */
export const SCRIPT_ANNOTATION = 'millrace.dev/script-'
/** On a stored Pipeline: the order of its adapters' arguments, which Kubernetes does not keep. */
export const ARGUMENT_ORDER_ANNOTATION = 'millrace.dev/argument-order'
/** On a Job made from a JobTemplate: `<namespace>.<template>`; the word is the format's own. */
export const TEMPLATE_ANNOTATION = 'createByJobTemplate'

/** Audience of the tokens with which jobs prove who they are. */
export const API_AUDIENCE = 'millrace'
