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
import type { RunStartOptions, ScheduledRunInput } from '../src/model/messages/scheduled-run.ts'
import { RUN_WORKFLOW } from '../src/model/temporal-names.ts'

export interface ScheduledRunResult {
  runId?: string
  message: string
}

const runs = proxyActivities<Pick<Activities, 'createScheduledRun' | 'markStarted'>>({
  startToCloseTimeout: '20 seconds',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
})

/** Set by Temporal on every workflow that a schedule starts. */
const scheduledTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME')

export async function scheduledRun(input: ScheduledRunInput): Promise<ScheduledRunResult> {
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

async function begin({ namespace, pipeline }: ScheduledRunInput) {
  const info = workflowInfo()
  const due = info.typedSearchAttributes.get(scheduledTime)
  const created = await runs.createScheduledRun({
    namespace,
    pipeline,
    key: `${info.workflowId}/${info.firstExecutionRunId}`,
    ...(due ? { scheduledAt: due.toISOString() } : {}),
  })
  if ('refused' in created) throw ApplicationFailure.nonRetryable(created.refused, 'RunRefused')
  if ('message' in created) return created
  const { run } = created.input
  const child = await startRun(created)
  await runs.markStarted(run)
  return { run, child }
}

/** undefined when this object already has a run, open or ended. */
async function startRun({ input, summary, details, memo, attributes }: RunStartOptions) {
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
