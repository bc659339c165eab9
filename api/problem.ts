import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError, type ErrorCode } from '../src/operations/app-error.ts'
import { SubmissionError } from '../src/operations/manifests/submission-error.ts'
import type { Log } from '../src/telemetry/log.ts'
import type { ApiEnv } from './deps.ts'
import type { Problem } from './schemas/problem.ts'

const statusOf = {
  invalid: 422,
  refused: 422,
  'not-found': 404,
  conflict: 409,
  precondition: 412,
  'too-large': 413,
  gone: 410,
  unauthenticated: 401,
  forbidden: 403,
  unavailable: 503,
} as const satisfies Record<ErrorCode, ContentfulStatusCode>

const titles: Partial<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  500: 'Internal server error',
  503: 'Service unavailable',
}

/** An unreachable Temporal or API server is usually back within seconds. */
const RETRY_AFTER_SECONDS = 5

/** The only place where an error becomes a response. */
export const toProblem =
  (log: Log): ErrorHandler<ApiEnv> =>
  (error, c) => {
    if (error instanceof AppError) {
      const status = statusOf[error.code]
      if (error.cause !== undefined) logError(log, c, status, error)
      return problem(c, status, error.message, {
        ...(error.issues.length > 0 ? { issues: error.issues } : {}),
        ...(error instanceof SubmissionError && error.results.length > 0 ? { results: error.results } : {}),
      })
    }
    if (error instanceof HTTPException)
      return problem(c, error.status as ContentfulStatusCode, detailOf(error))
    logError(log, c, 500, error)
    return problem(
      c,
      500,
      'An internal error occurred. The log has the reason, under the id of this request.',
    )
  }

export function problem(
  c: Context<ApiEnv>,
  status: ContentfulStatusCode,
  detail: string,
  extra: Pick<Problem, 'issues' | 'results'> = {},
): Response {
  const body: Problem = {
    type: `urn:millrace:problem:${status}`,
    title: titles[status] ?? 'Error',
    status,
    detail,
    instance: `urn:request:${c.get('requestId')}`,
    ...extra,
  }
  if (status === 401) c.header('WWW-Authenticate', 'Bearer')
  if (status === 503) c.header('Retry-After', String(RETRY_AFTER_SECONDS))
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
}

export const notFound = (c: Context<ApiEnv>): Response =>
  problem(c, 404, `The path ${c.req.path} does not exist. /docs lists all paths.`)

export function methodNotAllowedProblem(c: Context<ApiEnv>, methods: string[]): Response {
  c.header('Allow', methods.join(', '))
  return problem(c, 405, `${c.req.path} supports ${methods.join(', ')}, not ${c.req.method}.`)
}

export const bodyTooLarge = (c: Context<ApiEnv>, maxBytes: number): Response =>
  problem(
    c,
    413,
    `The request body may have at most ${maxBytes} bytes. Send large sets of manifests in several requests.`,
  )

/** The framework's message, with what to do instead. */
function detailOf({ status, message }: HTTPException): string {
  if (status === 400) return `${message}: check quotes, commas and braces.`
  if (status === 415)
    return message.includes('use') ? message : 'Send the body as Content-Type: application/json.'
  return message
}

function logError(log: Log, c: Context<ApiEnv>, status: number, error: Error): void {
  log(status >= 500 ? 'error' : 'info', 'request failed', {
    requestId: c.get('requestId'),
    method: c.req.method,
    path: c.req.path,
    status,
    error,
    ...(status === 500 ? { stack: error.stack } : {}),
  })
}
