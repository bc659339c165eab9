import { z } from 'zod'
import type { JsonObject } from '../../../lib/json.ts'
import { WorkflowSpec } from './workflow.ts'

/**
 * The published JSON Schema of a bare jobnetes workflow (`{name, tasks}`). It cannot express three rules that
 * `decode` checks: unique names, valid targets of `next` and the syntax of conditions.
 */
export const workflowSchema: JsonObject = {
  title: 'jobnetes workflow',
  description:
    'Rules beyond this schema: task names are unique in the whole tree; next refers to a task of the same list and never leads back; a condition is a path, one of > < >= <= == != and a JSON literal.',
  ...(z.toJSONSchema(WorkflowSpec, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as JsonObject),
}
