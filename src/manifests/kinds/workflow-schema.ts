import { z } from 'zod'
import type { JsonObject } from '../../lib/json.ts'
import { WorkflowSpec } from './workflow.ts'

/**
 * The published schema of a jobnetes workflow as it is written: `{name, tasks}`. It agrees with what is accepted as
 * far as JSON Schema can say it; names that stand twice, where `next` leads and what a condition means it cannot.
 */
export const workflowSchema: JsonObject = {
  title: 'jobnetes workflow',
  description:
    'Beyond this schema: names of tasks are unique in the whole tree, next leads to a task of the same list and never back, conditions are a path, one of > < >= <= == != and a JSON literal.',
  ...(z.toJSONSchema(WorkflowSpec, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as JsonObject),
}
