import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { PreparedRun, RunInput } from '../../workflows/messages.ts'
import { RUN_WORKFLOW, TASK_QUEUE } from '../../workflows/names.ts'
import type { RunStart } from '../operations/ports.ts'
import { callTemporal, deadlines } from './call-temporal.ts'
import { detailsOf, summaryOf } from './describe-start.ts'
import type { Temporal } from './runs.ts'
import { attributesOf } from './search-attributes.ts'

/** The same for a run that a workflow starts as its child. */
export function prepareRun(temporal: Temporal, start: RunStart): PreparedRun {
  const { run, plan, warnings } = start
  const link = runLink(temporal.apiUrl, run.id)
  return {
    input: { run, plan, warnings },
    summary: summaryOf(start),
    details: detailsOf(start, link),
    memo: memoOf(start, link),
    attributes: Object.fromEntries(attributesOf(start).map(({ key, value }) => [key.name, String(value)])),
  }
}

export async function startRun(temporal: Temporal, start: RunStart): Promise<'started' | 'exists'> {
  const { run, plan, warnings } = start
  const input: RunInput = { run, plan, warnings }
  const link = runLink(temporal.apiUrl, run.id)
  try {
    await callTemporal(temporal.connection, deadlines.writeMs, () =>
      temporal.client.workflow.start(RUN_WORKFLOW, {
        workflowId: run.id,
        taskQueue: temporal.taskQueue ?? TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: summaryOf(start),
        staticDetails: detailsOf(start, link),
        memo: memoOf(start, link),
        typedSearchAttributes: attributesOf(start),
      }),
    )
    return 'started'
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'exists'
    throw error
  }
}

const memoOf = ({ run }: RunStart, link: string | undefined): Record<string, string> => ({
  object: `${run.kind} ${run.namespace}/${run.name}`,
  ...(link ? { link } : {}),
})

const runLink = (apiUrl: string | undefined, id: string): string | undefined =>
  apiUrl === undefined ? undefined : `${apiUrl.replace(/\/+$/, '')}/v1/runs/${encodeURIComponent(id)}`
