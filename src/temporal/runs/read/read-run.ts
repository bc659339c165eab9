import {
  ApplicationFailure,
  defaultPayloadConverter,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { isJsonObject } from '../../../lib/json.ts'
import { STATUS_QUERY } from '../../../model/messages/run-messages.ts'
import type { RunStatus } from '../../../model/run-status.ts'
import { RUN_WORKFLOW } from '../../../model/temporal-names.ts'
import { callTemporal, deadlines } from '../../call-temporal.ts'
import type { Temporal } from '../../temporal.ts'
import { temporalUrl } from '../../temporal-url.ts'
import { fallbackStatus } from './fallback-status.ts'
import { mergeLive, mergeLiveStatus } from './merge-live-status.ts'

/** undefined: there is no such run, or the workflow with this id is not a run. */
export async function readRun(
  temporal: Temporal,
  id: string,
): Promise<(RunStatus & { temporalUrl: string }) | undefined> {
  const execution = await describe(temporal, id)
  if (execution?.type !== RUN_WORKFLOW) return undefined
  const status = await statusOf(temporal, execution)
  return { ...status, temporalUrl: temporalUrl(temporal, execution) }
}

async function describe(temporal: Temporal, id: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await callTemporal(temporal.connection, deadlines.readMs, () =>
      temporal.client.workflow.getHandle(id).describe(),
    )
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

async function statusOf(temporal: Temporal, execution: WorkflowExecutionDescription): Promise<RunStatus> {
  switch (execution.status.name) {
    case 'COMPLETED':
    case 'FAILED':
      return recordedStatus(temporal, execution)
    case 'TERMINATED':
      return cutShort(temporal, execution, 'The run was terminated in Temporal.')
    case 'TIMED_OUT':
      return cutShort(temporal, execution, 'The run exceeded its timeout in Temporal.')
    case 'CANCELLED': {
      const answer = await queryStatus(temporal, execution)
      return 'status' in answer
        ? answer.status
        : fallbackStatus(execution, `The run was cancelled. ${answer.because}`)
    }
    default: {
      const answer = await queryStatus(temporal, execution)
      if (!('status' in answer)) return fallbackStatus(execution, answer.because)
      return mergeLiveStatus(answer.status, mergeLive(heartbeatDetails(execution)))
    }
  }
}

/** The status that the run recorded in its last event; no worker is needed. */
async function recordedStatus(
  temporal: Temporal,
  execution: WorkflowExecutionDescription,
): Promise<RunStatus> {
  const { workflowId, runId } = execution
  const handle = temporal.client.workflow.getHandle(workflowId, runId, { followRuns: false })
  try {
    const result: unknown = await callTemporal(temporal.connection, deadlines.readMs, () => handle.result())
    return isRunStatus(result) ? result : fallbackStatus(execution, 'The run has no recorded status.')
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const { cause } = error
    const details = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined
    return isRunStatus(details) ? details : fallbackStatus(execution, cause?.message ?? error.message)
  }
}

/** The workflow could not delete its Jobs. A worker can still read its last state from the history. */
async function cutShort(
  temporal: Temporal,
  execution: WorkflowExecutionDescription,
  because: string,
): Promise<RunStatus> {
  const message = `${because} Jobs that it started may still be running: delete the run to remove them.`
  const answer = await queryStatus(temporal, execution)
  const bare = fallbackStatus(execution, message)
  return 'status' in answer
    ? {
        ...bare,
        nodes: answer.status.nodes,
        warnings: answer.status.warnings,
        startedAt: answer.status.startedAt,
      }
    : bare
}

/** A failed query says nothing about the run, only that no worker answered in time. */
async function queryStatus(
  temporal: Temporal,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<{ status: RunStatus } | { because: string }> {
  try {
    const status: unknown = await callTemporal(temporal.connection, deadlines.queryMs, () =>
      temporal.client.workflow.getHandle(workflowId, runId).query(STATUS_QUERY),
    )
    if (isRunStatus(status)) return { status }
  } catch {
    // The reason does not help: no worker, a busy one and one of another version look alike.
  }
  return {
    because:
      'No worker is responding, so the nodes are not shown. The run continues when a worker is available.',
  }
}

/** Our own workflow writes it. The check keeps a worker of another version from breaking the API. */
const isRunStatus = (value: unknown): value is RunStatus =>
  isJsonObject(value) && typeof value.phase === 'string' && Array.isArray(value.nodes)

function heartbeatDetails({ raw }: WorkflowExecutionDescription): unknown[] {
  return (raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) =>
    (heartbeatDetails?.payloads ?? []).map((payload) =>
      defaultPayloadConverter.fromPayload<unknown>(payload),
    ),
  )
}
