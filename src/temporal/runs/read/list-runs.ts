import { defaultPayloadConverter, type RawWorkflowExecutionInfo } from '@temporalio/client'
import { parseRunId } from '../../../model/run-id.ts'
import { searchAttributes } from '../../../model/temporal-names.ts'
import type { RunFilter, RunSummary } from '../../../operations/ports/runs.ts'
import { callTemporal, deadlines } from '../../call-temporal.ts'
import { decodeCursor, encodeCursor } from '../../cursor.ts'
import { statusName, toIso } from '../../proto.ts'
import type { Temporal } from '../../temporal.ts'
import { temporalUrl } from '../../temporal-url.ts'
import { phaseOf } from './phase.ts'
import { visibilityQuery } from './visibility-query.ts'

/** One page in the order that SQL stores fix: open runs first, then ended ones by end time, newest first. */
export async function listRuns(
  temporal: Temporal,
  filter: RunFilter,
  page: { limit: number; cursor?: string },
): Promise<{ runs: RunSummary[]; next?: string }> {
  const { connection, namespace } = temporal
  const query = visibilityQuery(filter)
  const token = page.cursor === undefined ? {} : { nextPageToken: decodeCursor(page.cursor, query) }
  const answer = await callTemporal(connection, deadlines.readMs, () =>
    connection.workflowService.listWorkflowExecutions({ namespace, query, pageSize: page.limit, ...token }),
  )
  const runs = answer.executions.map((execution) => toSummary(temporal, execution))
  const next = answer.nextPageToken
  return next.length === 0 ? { runs } : { runs, next: encodeCursor(next, query) }
}

function toSummary(temporal: Temporal, info: RawWorkflowExecutionInfo): RunSummary {
  const workflowId = info.execution?.workflowId ?? ''
  const runId = info.execution?.runId ?? ''
  const attribute = (name: string): string | undefined => keywordOf(info, name)
  const parts = parseRunId(workflowId)
  const definition = attribute(searchAttributes.definition)
  const trigger = attribute(searchAttributes.trigger)
  const endedAt = toIso(info.closeTime)
  return {
    id: workflowId,
    kind: attribute(searchAttributes.kind) ?? parts?.kind ?? '',
    namespace: attribute(searchAttributes.namespace) ?? parts?.namespace ?? '',
    name: parts?.name ?? workflowId,
    ...(definition === undefined ? {} : { definition }),
    ...(trigger === undefined ? {} : { trigger }),
    phase: phaseOf(statusName(info.status), attribute(searchAttributes.phase)),
    startedAt: toIso(info.startTime) ?? '',
    ...(endedAt === undefined ? {} : { endedAt }),
    temporalUrl: temporalUrl(temporal, { workflowId, runId }),
  }
}

function keywordOf(info: RawWorkflowExecutionInfo, name: string): string | undefined {
  const payload = info.searchAttributes?.indexedFields?.[name]
  if (!payload) return undefined
  const value: unknown = defaultPayloadConverter.fromPayload(payload)
  return typeof value === 'string' ? value : undefined
}
