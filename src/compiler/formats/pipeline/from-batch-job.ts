import type { JsonObject } from '../../../lib/json.ts'
import type { Finding } from '../../../manifests/issue.ts'
import type { Pipeline } from '../../../manifests/kinds/pipeline/pipeline.ts'
import { parseTimeout } from '../../../manifests/kinds/pipeline/pipeline-run.ts'
import { WORKSPACE_ANNOTATION } from '../../../model/labels.ts'
import { batchJobName } from '../../../model/object-names.ts'
import { hasApiAccess } from '../../api-access.ts'
import { STEPS, sequenceBody, toSteps } from '../../sequence.ts'
import { batchSteps, stepIssues } from './batch-steps.ts'
import { pipelineDefaults } from './pipeline-defaults.ts'
import { inPipeline, type PipelineOrder, type PipelineParts } from './pipeline-parts.ts'
import { inWorkspace, workspaceVolumes } from './workspace.ts'

type BatchJob = NonNullable<Pipeline['spec']['batchJob']>

/** A pod has 30 s to end after its deadline. The Job's deadline, which deletes the pod, must come later. */
const JOB_DEADLINE_MARGIN_S = 90
/** The format retries at once. One second avoids a busy loop when attempts fail immediately. */
const RETRY_DELAY_MS = 1_000

/** All steps are one sequence: the Job `<run>-build`, then `<run>-build-retry-1` … */
export function fromBatchJob(order: PipelineOrder, batch: BatchJob): PipelineParts {
  const { run, pipeline, lookup } = order
  const name = batchJobName(run.metadata.name)
  const settings = readSettings(order)
  const annotations = { ...pipeline.metadata.annotations, ...run.metadata.annotations }
  const claim = annotations[WORKSPACE_ANNOTATION]
  const env = scheduledTime(lookup.scheduledAt)
  const steps = batchSteps(batch, lookup.adapters).map(({ name: step, container }) => ({
    name: step,
    container: inWorkspace(container, claim, env),
  }))
  const timeoutS = Math.ceil(settings.timeoutMs / 1_000)
  const body = sequenceBody(steps, {
    labels: { ...order.labels, 'k8s-app': name },
    annotations: order.annotations,
    podAnnotations: { 'sidecar.istio.io/inject': 'false' },
    job: { activeDeadlineSeconds: timeoutS + JOB_DEADLINE_MARGIN_S },
    pod: {
      // The pod's deadline ends its containers but keeps their states and logs.
      activeDeadlineSeconds: timeoutS,
      volumes: [...((batch.volumes ?? []) as JsonObject[]), ...workspaceVolumes(claim)],
      ...(batch.serviceAccountName ? { serviceAccountName: batch.serviceAccountName } : {}),
      ...(batch.nodeSelector ? { nodeSelector: batch.nodeSelector } : {}),
      ...(batch.affinity ? { affinity: batch.affinity } : {}),
    },
  })
  const limit = settings.maxRetryCount
  return {
    jobs: { [STEPS]: body },
    nodes: [
      {
        type: 'sequence',
        id: STEPS,
        needs: [],
        objectName: name,
        job: STEPS,
        steps: toSteps(steps),
        retry: {
          applicationLimit: limit,
          infrastructureLimit: limit,
          totalLimit: limit,
          delayMs: RETRY_DELAY_MS,
        },
        ...hasApiAccess(annotations),
      },
    ],
    issues: inPipeline(pipeline.metadata.name, [
      ...pipelineDefaults(pipeline).issues,
      ...stepIssues(pipeline, lookup.adapters),
    ]),
    warnings: limit > 0 && claim === undefined ? [workspaceIsLost] : [],
  }
}

/** The run's own settings, else the Pipeline's defaults, for example for scheduled runs. */
function readSettings({ run, pipeline }: PipelineOrder): { maxRetryCount: number; timeoutMs: number } {
  const { maxRetryCount, timeoutMs } = pipelineDefaults(pipeline)
  const own = run.spec.timeout == null ? undefined : parseTimeout(run.spec.timeout)
  return {
    maxRetryCount: run.spec.maxRetryCount ?? maxRetryCount,
    timeoutMs: own && 'ms' in own ? own.ms : timeoutMs,
  }
}

/** The scheduled time of a run. A step may need it to select its data. */
const scheduledTime = (value: string | undefined): JsonObject[] =>
  value === undefined ? [] : [{ name: 'MILLRACE_SCHEDULED_TIME', value }]

const workspaceIsLost: Finding = {
  path: ['spec', 'maxRetryCount'],
  rule: 'workspace',
  message: `/workspace is empty in every new attempt: to keep the files of earlier steps, set the annotation ${WORKSPACE_ANNOTATION} to a PersistentVolumeClaim`,
}
