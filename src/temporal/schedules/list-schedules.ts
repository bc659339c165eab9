import { searchAttributes } from '../../model/temporal-names.ts'
import type { ScheduleRef } from '../../operations/ports/schedules.ts'
import { callTemporal, deadlines } from '../call-temporal.ts'
import { quote } from '../runs/read/visibility-query.ts'
import { clipKeyword } from '../search-attributes.ts'
import type { Temporal } from '../temporal.ts'
import { parseScheduleId } from './schedule-id.ts'

/** The server's maximum page size. */
const PAGE_SIZE = 1_000

/** All schedules, sorted by namespace and name. The visibility store lags a moment behind. */
export async function listSchedules(
  { connection, namespace }: Temporal,
  filter: { namespace?: string },
): Promise<ScheduleRef[]> {
  const query =
    filter.namespace === undefined
      ? `${searchAttributes.definition} IS NOT NULL`
      : `${searchAttributes.namespace} = ${quote(clipKeyword(filter.namespace))}`
  const refs: ScheduleRef[] = []
  let token: Uint8Array | undefined
  do {
    const page = await callTemporal(connection, deadlines.readMs, () =>
      connection.workflowService.listSchedules({
        namespace,
        query,
        maximumPageSize: PAGE_SIZE,
        ...(token ? { nextPageToken: token } : {}),
      }),
    )
    for (const { scheduleId } of page.schedules) refs.push(...refOf(scheduleId, filter.namespace))
    token = page.nextPageToken
  } while (token.length > 0)
  return refs.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
}

function refOf(id: string | null | undefined, namespace: string | undefined): ScheduleRef[] {
  const ref = parseScheduleId(id ?? '')
  return ref && (namespace === undefined || ref.namespace === namespace) ? [ref] : []
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
