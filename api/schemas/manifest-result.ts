import { z } from '@hono/zod-openapi'
import type { Plan as PlanType } from '../../src/model/plan.ts'
import { Issue } from './issue.ts'

/** The compiler owns this type; a copy of it as a schema would drift. */
const Plan = z.custom<PlanType>().openapi('Plan', {
  type: 'object',
  description:
    'In a dry run: the graph that the manifest compiles to, with job bodies by key, and nodes that refer to them',
})

export const ManifestResult = z
  .object({
    document: z.number().int().openapi({ description: 'Position of the document in the text, from 1' }),
    kind: z.string().optional(),
    namespace: z.string(),
    name: z.string().optional(),
    result: z.enum(['created', 'configured', 'unchanged', 'refused']).openapi({
      description: 'In a dry run: what would happen',
    }),
    runId: z.string().optional().openapi({
      description: 'The run of this document',
      example: 'jobflow.api.practice.com/default/demo/1a2b3c4d',
    }),
    warnings: z.array(Issue),
    issues: z.array(Issue).openapi({ description: 'Why the document is refused; empty otherwise' }),
    plan: Plan.optional(),
  })
  .openapi('ManifestResult', { description: 'The result of one document' })
