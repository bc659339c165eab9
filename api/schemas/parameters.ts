import { z } from '@hono/zod-openapi'

/** RFC 1123 label, as the API server requires. */
export const Namespace = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be a Kubernetes namespace: lower-case letters, digits and "-"',
  )
  .openapi({ description: 'Kubernetes namespace', example: 'default' })

/** RFC 1123 subdomain. */
export const ObjectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be a Kubernetes object name: lower-case letters, digits, "-" and "."',
  )
  .openapi({ description: 'Name of the object', example: 'nightly' })

/** `?flag`, `?flag=true` and `?flag=1` mean true. */
export const Flag = z
  .enum(['', 'true', '1', 'false', '0'], 'must be true or false')
  .transform((value) => value !== 'false' && value !== '0')
  .openapi({ type: 'boolean', enum: [true, false] })

/** Run ids are lower-case, so a kind pasted as `JobFlow` is accepted. */
export const RunId = z
  .string()
  .max(600)
  .transform((id) => id.toLowerCase())
  .openapi({
    type: 'string',
    param: { name: 'id', in: 'path' },
    description:
      '`<kind>.<group>/<namespace>/<name>/<8 hex digits>`, URL-encoded as one segment, or with plain slashes',
    example: 'jobflow.api.practice.com/default/demo/1a2b3c4d',
  })
