import { z } from '@hono/zod-openapi'
import { Issue } from './issue.ts'
import { ManifestResult } from './manifest-result.ts'

export const Problem = z
  .object({
    type: z.string().openapi({ example: 'urn:millrace:problem:422' }),
    title: z
      .string()
      .openapi({ description: 'The kind of problem; the same for all problems with this status' }),
    status: z.number().int(),
    detail: z.string().openapi({ description: 'What is wrong, and what to do about it' }),
    instance: z
      .string()
      .openapi({ description: 'The id of the request, as in the log', example: 'urn:request:6f1c…' }),
    issues: z.array(Issue).optional().openapi({ description: 'All violated rules' }),
    results: z
      .array(ManifestResult)
      .optional()
      .openapi({ description: 'POST /v1/manifests: the result of each document' }),
  })
  .openapi('Problem', { description: 'Any error, as RFC 9457 defines it' })
export type Problem = z.infer<typeof Problem>

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 422 | 500 | 503

const words: Record<ProblemStatus, string> = {
  400: 'The body does not match its Content-Type',
  401: 'The caller is not authenticated',
  403: 'The caller may not do this',
  404: 'Not found',
  409: 'The request conflicts with the state of the resource',
  410: 'It existed and was removed',
  412: 'If-Match does not match the current version',
  413: 'The body is too large',
  415: 'The Content-Type is not supported',
  422: 'The request is invalid; `issues` lists all errors',
  500: 'A bug; the log has the reason',
  503: 'Temporal or Kubernetes cannot be reached; try again',
}

const content = { 'application/problem+json': { schema: Problem } }

/** The problem responses of a route, for its `responses`. 500 is always included. */
export const problems = <const S extends ProblemStatus>(
  ...statuses: S[]
): Record<S | 500, { description: string; content: typeof content }> =>
  Object.fromEntries(
    [...statuses, 500 as const].map((status) => [status, { description: words[status], content }]),
  ) as Record<S | 500, { description: string; content: typeof content }>
