import { defaultPayloadConverter, type RawWorkflowExecutionInfo } from '@temporalio/client'
import { parseRunId, searchAttributes } from '../../workflows/names.ts'
import type { RunFilter, RunSummary } from '../operations/ports.ts'
import { callTemporal, deadlines, grpc, grpcFailure } from './call-temporal.ts'
import { badCursor, decodeCursor, encodeCursor } from './cursor.ts'
import { phaseOf } from './phase.ts'
import type { Temporal } from './runs.ts'
import { temporalUrl } from './temporal-url.ts'
import { visibilityQuery } from './visibility-query.ts'
import { statusName, toIso } from './wire.ts'

/** One page, in the store's order: newest start first. Never loads a history. */
export async function listRuns(
  temporal: Temporal,
  filter: RunFilter,
  page: { limit: number; cursor?: string },
): Promise<{ runs: RunSummary[]; next?: string }> {
  const { connection, namespace } = temporal
  const token = page.cursor === undefined ? {} : { nextPageToken: decodeCursor(page.cursor) }
  const request = { namespace, query: visibilityQuery(filter), pageSize: page.limit, ...token }
  const answer = await callTemporal(connection, deadlines.readMs, () =>
    connection.workflowService.listWorkflowExecutions(request),
  ).catch((error: unknown) => {
    if (page.cursor !== undefined && grpcFailure(error)?.code === grpc.invalidArgument) throw badCursor(error)
    throw error
  })
  const runs = answer.executions.map((execution) => toSummary(temporal, execution))
  const next = answer.nextPageToken
  return next.length === 0 ? { runs } : { runs, next: encodeCursor(next) }
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
