import { z } from '@hono/zod-openapi'

export const Issue = z
  .object({
    document: z.number().int().openapi({
      description: 'Position of the document in the submitted text, from 1; 0 for a parameter of the request',
    }),
    path: z
      .string()
      .openapi({ description: 'The field; empty for the whole document', example: 'spec.flows[2].name' }),
    line: z.number().int().optional().openapi({ description: 'Line in the submitted text, from 1' }),
    column: z.number().int().optional(),
    rule: z.string().openapi({ description: 'The violated rule', example: 'name-too-long' }),
    message: z.string().openapi({ description: 'The field, the rule, and what to write instead' }),
  })
  .openapi('Issue', { description: 'One error or warning' })
