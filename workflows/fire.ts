/**
 * One scheduled run: stores the run object, starts the run as a child workflow and waits for its end, so that
 * the schedule's overlap policy counts runs and not only their starts.
 *
 * The child is the same workflow, with the same workflow id, as a run from any other entry point. When this
 * workflow is cancelled (by an overlap policy or a person), the run is cancelled too. A failed run does not
 * fail this workflow.
 */
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import type { FireInput, PreparedRun } from '../src/model/messages.ts'
import { RUN_WORKFLOW } from '../src/model/temporal-names.ts'

export interface FireResult {
  runId?: string
  message: string
}

const launcher = proxyActivities<Pick<Activities, 'prepareRun' | 'markStarted'>>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
})

/** Set by Temporal on every workflow that a schedule starts. */
const scheduledTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME')

export async function fire(input: FireInput): Promise<FireResult> {
  // Once the run object is stored, its run must start. A cancel meanwhile then cancels the started run.
  const begun = await CancellationScope.nonCancellable(() => begin(input))
  if (!('run' in begun)) return begun
  const { run, child } = begun
  if (!child) return { runId: run.id, message: 'its run was already started' }
  const own = CancellationScope.current()
  const cancelRun = (): Promise<void> =>
    CancellationScope.nonCancellable(() => getExternalWorkflowHandle(run.id).cancel())
  // The run may have ended meanwhile: the cancel then fails and is not needed.
  own.cancelRequested.catch(() => cancelRun().catch(() => undefined))
  try {
    await child.result()
    return { runId: run.id, message: 'its run succeeded' }
  } catch (error) {
    if (own.consideredCancelled) throw error
    return { runId: run.id, message: 'its run did not succeed' }
  }
}

async function begin({ namespace, pipeline }: FireInput) {
  const info = workflowInfo()
  const due = info.typedSearchAttributes.get(scheduledTime)
  const prepared = await launcher.prepareRun({
    namespace,
    pipeline,
    key: `${info.workflowId}/${info.firstExecutionRunId}`,
    ...(due ? { scheduledAt: due.toISOString() } : {}),
  })
  if ('refused' in prepared) throw ApplicationFailure.nonRetryable(prepared.refused, 'RunRefused')
  if ('message' in prepared) return prepared
  const { run } = prepared.input
  const child = await startRun(prepared)
  await launcher.markStarted(run)
  return { run, child }
}

/** undefined when this object already has a run, open or ended. */
async function startRun({ input, summary, details, memo, attributes }: PreparedRun) {
  try {
    return await startChild(RUN_WORKFLOW, {
      workflowId: input.run.id,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      staticSummary: summary,
      staticDetails: details,
      memo,
      typedSearchAttributes: Object.entries(attributes).map(([name, value]) => ({
        key: defineSearchAttributeKey(name, 'KEYWORD'),
        value,
      })),
    })
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined
    throw error
  }
}
