import { z } from '@hono/zod-openapi'
import type { JsonObject } from '../../src/lib/json.ts'
import { definitionKinds } from '../../src/manifests/kinds/kinds.ts'
import type { StartRunInput } from '../../src/operations/runs/start/start-run.ts'
import { Issue } from './issue.ts'
import { Namespace, ObjectName } from './parameters.ts'

const AnyObject = z.record(z.string(), z.json()).openapi({ type: 'object' })

export const StartRun = z
  .strictObject({
    definition: z
      .strictObject({
        kind: z.enum(definitionKinds, `must be one of ${definitionKinds.join(', ')}`),
        name: ObjectName,
      })
      .optional()
      .openapi({ description: 'A stored definition' }),
    manifest: AnyObject.optional().openapi({ description: 'A manifest of a kind that is a run' }),
    namespace: Namespace.optional(),
    inputs: AnyObject.optional().openapi({
      description: 'For definitions that accept inputs; a JobTemplate does not',
    }),
    name: ObjectName.optional().openapi({
      description: 'Name of the run object; default: `<definition>-run-<6 hex digits>`',
    }),
  })
  .refine(({ definition, manifest }) => (definition === undefined) !== (manifest === undefined), {
    message: 'give exactly one of `definition` and `manifest`',
  })
  .refine(({ manifest, inputs }) => manifest === undefined || inputs === undefined, {
    path: ['inputs'],
    message: 'is allowed only with `definition`; a manifest has its own inputs',
  })
  .refine(({ manifest, name }) => manifest === undefined || name === undefined, {
    path: ['name'],
    message: 'is allowed only with `definition`; a manifest has metadata.name',
  })
  .openapi('StartRun', {
    description: 'Exactly one of `definition` and `manifest`',
    example: { definition: { kind: 'JobTemplate', name: 'nightly' }, namespace: 'default' },
  })

export const StartedRun = z
  .object({
    id: z.string().openapi({ example: 'jobflow.api.practice.com/default/nightly-run-1a2b3c/1a2b3c4d' }),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    result: z.enum(['created', 'unchanged']),
    warnings: z.array(Issue),
  })
  .openapi('StartedRun')

export function toStartRunInput(
  body: z.output<typeof StartRun>,
  idempotencyKey: string | undefined,
): StartRunInput {
  const { definition, manifest, namespace, inputs, name } = body
  const common = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  }
  if (!definition) return { ...common, request: { manifest: (manifest ?? {}) satisfies JsonObject } }
  return {
    ...common,
    request: {
      definition,
      ...(inputs === undefined ? {} : { inputs }),
      ...(name === undefined ? {} : { name }),
    },
  }
}
