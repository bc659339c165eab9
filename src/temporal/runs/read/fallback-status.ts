import type { WorkflowExecutionDescription } from '@temporalio/client'
import { fallbackObjectStatus } from '../../../model/object-status.ts'
import { parseRunId } from '../../../model/run-id.ts'
import type { RunStatus } from '../../../model/run-status.ts'
import { attributeKeys } from '../../search-attributes.ts'
import { phaseOf } from './phase.ts'

/** The status of a run that no worker can be asked about: without nodes, and with a message that says why. */
export function fallbackStatus(
  execution: Pick<WorkflowExecutionDescription, 'workflowId' | 'status' | 'startTime' | 'closeTime'> &
    Pick<WorkflowExecutionDescription, 'typedSearchAttributes'>,
  message: string,
): RunStatus {
  const { workflowId, typedSearchAttributes: attributes, startTime, closeTime } = execution
  const parts = parseRunId(workflowId)
  const phase = phaseOf(execution.status.name, attributes.get(attributeKeys.phase))
  return {
    id: workflowId,
    kind: attributes.get(attributeKeys.kind) ?? parts?.kind ?? '',
    namespace: attributes.get(attributeKeys.namespace) ?? parts?.namespace ?? '',
    name: parts?.name ?? workflowId,
    phase,
    message,
    startedAt: startTime.toISOString(),
    ...(closeTime ? { endedAt: closeTime.toISOString() } : {}),
    nodes: [],
    warnings: [],
    objectStatus: fallbackObjectStatus(parts?.groupKind ?? '', phase, message),
  }
}
