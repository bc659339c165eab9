/** Every label and annotation of Millrace. Pure, so that API, worker and workflow code share one spelling. */

/** Installation that owns the object. The informers select on it, so installations can share a cluster. */
export const INSTANCE_LABEL = 'millrace.dev/instance'
/** Uid of the run object, on every object that a run creates. */
export const RUN_LABEL = 'millrace.dev/run-uid'
/** Workflow id of the run. An annotation, because a label cannot hold its slashes. */
export const RUN_ID_ANNOTATION = 'millrace.dev/run-id'
/** Id of the plan node that the object is an attempt of. */
export const NODE_ANNOTATION = 'millrace.dev/node'
/** Number of the attempt, from 1. */
export const ATTEMPT_ANNOTATION = 'millrace.dev/attempt'
/** Base64 task token of the activity that waits for the object. */
export const TASK_TOKEN_ANNOTATION = 'millrace.dev/task-token'
/** Temporal's attempt number of that activity. An older attempt must not replace a newer task token. */
export const TRY_ANNOTATION = 'millrace.dev/task-try'
/** The author's ttlSecondsAfterFinished, restored once the outcome is recorded. */
export const TTL_ANNOTATION = 'millrace.dev/ttl-seconds-after-finished'
/** On a run object: its workflow was started. It never starts again, even after Temporal's retention. */
export const STARTED_ANNOTATION = 'millrace.dev/started-run'
/** On a run object created by `POST /v1/runs`: the Idempotency-Key of the request. */
export const IDEMPOTENCY_ANNOTATION = 'millrace.dev/idempotency-key'
/** On a run object: retries of a node after an eviction, a lost Job or a failed image pull. */
export const INFRASTRUCTURE_RETRIES_ANNOTATION = 'millrace.dev/infrastructure-retries'
/** On a Pipeline or PipelineRun: the PersistentVolumeClaim for /workspace, which then outlives an attempt. */
export const WORKSPACE_ANNOTATION = 'millrace.dev/workspace-claim'
/** On a Pipeline: defaults for runs that do not set these fields, such as scheduled runs. */
export const MAX_RETRY_ANNOTATION = 'millrace.dev/max-retry-count'
export const TIMEOUT_ANNOTATION = 'millrace.dev/timeout'
/** On a Pipeline: settings of its schedule. */
export const OVERLAP_ANNOTATION = 'millrace.dev/overlap-policy'
export const CATCH_UP_ANNOTATION = 'millrace.dev/catch-up-window'
export const TIME_ZONE_ANNOTATION = 'millrace.dev/time-zone'
/** On a run object created by a schedule: its scheduled time, RFC 3339 UTC. */
export const SCHEDULED_TIME_ANNOTATION = 'millrace.dev/scheduled-time'
/** On a run object: "true" gives its pods a token to record outputs over HTTP. */
export const API_ACCESS_ANNOTATION = 'millrace.dev/api-access'
/** On the pod of a sequence: JSON object of step names, by container name. */
export const STEPS_ANNOTATION = 'millrace.dev/steps'
/** On the pod of a sequence, followed by the index of a step: the script of that step. */
export const SCRIPT_ANNOTATION = 'millrace.dev/script-'
/** On a stored Pipeline: the order of its adapters' arguments, which Kubernetes does not keep. */
export const ARGUMENT_ORDER_ANNOTATION = 'millrace.dev/argument-order'
/** On a Job created from a JobTemplate: `<namespace>.<template>`. The format defines this name. */
export const TEMPLATE_ANNOTATION = 'createByJobTemplate'

/** Audience of the tokens with which pods authenticate. */
export const API_AUDIENCE = 'millrace'
