import type { RunPhase } from '../../model/phase.ts'
import { RUN_WORKFLOW, searchAttributes } from '../../model/temporal-names.ts'
import type { RunFilter } from '../../operations/ports/runs.ts'
import { clipKeyword } from '../search-attributes.ts'

/** The filter as a query of Temporal's visibility store. Earlier parts of a continued run are not runs. */
export function visibilityQuery(filter: RunFilter): string {
  const equal = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${name} = ${quote(clipKeyword(value))}`]
  return [
    `WorkflowType = ${quote(RUN_WORKFLOW)}`,
    ...equal(searchAttributes.namespace, filter.namespace),
    ...equal(searchAttributes.kind, filter.kind),
    ...equal(searchAttributes.definition, filter.definition),
    ...(filter.phase === undefined ? [`ExecutionStatus != 'ContinuedAsNew'`] : phaseTerms(filter.phase)),
  ].join(' AND ')
}

/** Ends are asked of the execution: the attribute is written by a worker and may lag or be missing. */
function phaseTerms(phase: RunPhase): string[] {
  switch (phase) {
    case 'Pending':
      return [`ExecutionStatus = 'Running'`, `${searchAttributes.phase} = 'Pending'`]
    case 'Running':
      return [`ExecutionStatus = 'Running'`, `${searchAttributes.phase} != 'Pending'`]
    case 'Succeeded':
      return [`ExecutionStatus = 'Completed'`, `${searchAttributes.phase} != 'Cancelled'`]
    case 'Failed':
      return [`ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')`]
    case 'Cancelled':
      return [
        `(ExecutionStatus = 'Canceled' OR (ExecutionStatus = 'Completed' AND ${searchAttributes.phase} = 'Cancelled'))`,
      ]
    default:
      return [phase satisfies never]
  }
}

/** A string literal of the query language: single quotes, with a backslash before what would end it. */
export const quote = (value: string): string => `'${value.replace(/[\\']/g, (mark) => `\\${mark}`)}'`
