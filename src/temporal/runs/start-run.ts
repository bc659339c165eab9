import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { RunStartOptions } from '../../model/messages/scheduled-run.ts'
import { RUN_WORKFLOW, TASK_QUEUE } from '../../model/temporal-names.ts'
import type { RunStart } from '../../operations/ports/runs.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import { attributesOf } from '../search-attributes.ts'
import type { Temporal } from '../temporal.ts'
import { detailsOf, summaryOf } from './describe-start.ts'

export async function startRun(temporal: Temporal, start: RunStart): Promise<'started' | 'exists'> {
  const { input, summary, details, memo } = toStartOptions(temporal, start)
  try {
    await callTemporal(temporal.connection, deadlines.writeMs, () =>
      temporal.client.workflow.start(RUN_WORKFLOW, {
        workflowId: input.run.id,
        taskQueue: temporal.taskQueue ?? TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: summary,
        staticDetails: details,
        memo,
        typedSearchAttributes: attributesOf(start),
      }),
    )
    return 'started'
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'exists'
    throw error
  }
}

/** What a workflow needs to start the run as its child, with the same memo and attributes as any run. */
export function toStartOptions(temporal: Temporal, start: RunStart): RunStartOptions {
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

const memoOf = ({ run }: RunStart, link: string | undefined): Record<string, string> => ({
  object: `${run.kind} ${run.namespace}/${run.name}`,
  ...(link ? { link } : {}),
})

const runLink = (apiUrl: string | undefined, id: string): string | undefined =>
  apiUrl === undefined ? undefined : `${apiUrl.replace(/\/+$/, '')}/v1/runs/${encodeURIComponent(id)}`
