import { createHash, randomBytes } from 'node:crypto'
import type { DefinitionName } from '../../../compiler/definition-refs.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import { fitName, MAX_JOB_NAME } from '../../../model/object-names.ts'

/** Name of the only flow of a JobFlow made from a JobTemplate. */
const FLOW = 'job'
const SUFFIX_DIGITS = 6
/** The Job is named `<definition>-run-<6 hex>-job` and may have 63 characters. */
const MAX_BASE = MAX_JOB_NAME - `-run--${FLOW}`.length - SUFFIX_DIGITS

/** The run object of a definition. For a JobTemplate it is a JobFlow whose only flow names the template. */
export function runFromDefinition(
  { kind, name: definition }: DefinitionName,
  name: string,
  input?: Json,
): JsonObject {
  switch (kind) {
    case 'JobTemplate':
      return {
        apiVersion: 'api.practice.com/v1alpha1',
        kind: 'JobFlow',
        metadata: { name },
        spec: { flows: [{ name: FLOW, jobTemplateRef: definition }] },
      }
    case 'Pipeline':
      return {
        apiVersion: 'controller.ljchen.net/v1',
        kind: 'PipelineRun',
        metadata: { name },
        spec: { refPipeline: definition },
      }
    case 'Workflow':
      return {
        apiVersion: 'jobnetes.com/v1beta',
        kind: 'WorkflowExecution',
        metadata: { name },
        spec: { workflow: definition, ...(input === undefined ? {} : { input }) },
      }
    default:
      return kind satisfies never
  }
}

/**
 * Names for a run of a definition, to be tried in order until one is free or belongs to this request. With an
 * Idempotency-Key they are derived from the key, so that a repeated request finds the run of the first one.
 */
export function generatedNames(definition: string, key: string | undefined): string[] {
  const digits =
    key === undefined ? randomBytes(32).toString('hex') : createHash('sha256').update(key).digest('hex')
  const suffixes = digits.match(new RegExp(`[0-9a-f]{${SUFFIX_DIGITS}}`, 'g')) ?? []
  return suffixes.map((suffix) => `${fitName(definition, MAX_BASE)}-run-${suffix}`)
}
