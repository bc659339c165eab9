import { z } from '@hono/zod-openapi'
import type { JsonObject } from '../../src/lib/json.ts'
import type { StoredObject } from '../../src/operations/ports/catalog.ts'

const AnyObject = z.custom<JsonObject>()

export const Definition = z
  .object({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.object({
      name: z.string(),
      namespace: z.string(),
      uid: z.string(),
      resourceVersion: z.string(),
      creationTimestamp: z.string(),
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
    spec: AnyObject.openapi({ type: 'object' }),
    status: AnyObject.optional().openapi({
      type: 'object',
      description: 'JobTemplate: `dependencyList`, the names of the Jobs that were created from it',
    }),
  })
  .openapi('Definition', { description: 'A stored manifest that can be run any number of times' })

/** Leaves out what only the API server needs, such as managedFields. */
export function toDefinition({
  apiVersion,
  kind,
  metadata,
  spec,
  status,
}: StoredObject): z.input<typeof Definition> {
  const { name, namespace, uid, resourceVersion, creationTimestamp, labels, annotations } = metadata
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion,
      creationTimestamp,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
    },
    spec,
    ...(status ? { status } : {}),
  }
}
