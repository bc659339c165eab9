import type { RunPhase } from '../../../model/phase.ts'
import { RUN_WORKFLOW, searchAttributes } from '../../../model/temporal-names.ts'
import type { RunFilter } from '../../../operations/ports/runs.ts'
import { clipKeyword } from '../../search-attributes.ts'

/** The filter as a visibility query. Executions that continued as new are only earlier parts of a run. */
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

/** The execution says how a run ended: a worker writes the attribute, which may lag or be missing. */
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

/** A string literal of the query language: single-quoted, with quotes and backslashes escaped. */
export const quote = (value: string): string => `'${value.replace(/[\\']/g, (mark) => `\\${mark}`)}'`
