import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import { withoutProxyForLoopback } from '../../environment/without-proxy.ts'

/** A reachable host answers in one second, through a slow line and a proxy in two. */
const ANSWER_WITHIN_MS = 3_000
/** A release has one or two. */
const MAX_REDIRECTS = 5

export interface GetOptions {
  signal: AbortSignal
  connections: Dispatcher
}

/** Connections through the proxies of the environment. */
export function openConnections(): Dispatcher {
  const noProxy = withoutProxyForLoopback(process.env).no_proxy ?? ''
  return new EnvHttpProxyAgent({ noProxy, connect: { timeout: ANSWER_WITHIN_MS } })
}

/** The response to a GET, after redirects. Each host on the way has its own limit. */
export async function httpGet(
  url: string,
  headers: Record<string, string>,
  options: GetOptions,
): Promise<Dispatcher.ResponseData> {
  let at = url
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await answerOf(at, 'GET', headers, options)
    const { location } = answer.headers
    if (answer.statusCode < 300 || answer.statusCode >= 400 || typeof location !== 'string') return answer
    await answer.body.dump()
    at = new URL(location, at).href
  }
  throw new Error(`${url} redirects more than ${MAX_REDIRECTS} times`)
}

/** Why a host cannot be reached. undefined if it answers with any status. */
export async function whyUnreachable(origin: string, options: GetOptions): Promise<string | undefined> {
  try {
    const answer = await answerOf(`${origin}/`, 'HEAD', {}, options)
    await answer.body.dump()
    return undefined
  } catch (error) {
    options.signal.throwIfAborted()
    return reasonOf(error)
  }
}

/** The message of an error. Some network errors have only a code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return error.message || code || error.name
}

async function answerOf(
  url: string,
  method: 'GET' | 'HEAD',
  headers: Record<string, string>,
  { signal, connections }: GetOptions,
): Promise<Dispatcher.ResponseData> {
  const late = new AbortController()
  const timer = setTimeout(() => {
    late.abort(new Error(`${new URL(url).host} does not answer within ${ANSWER_WITHIN_MS / 1_000} s`))
  }, ANSWER_WITHIN_MS)
  const ended = AbortSignal.any([signal, late.signal])
  try {
    const answer = request(url, { method, headers, dispatcher: connections, signal: ended })
    // While it connects it ignores the signal.
    return await Promise.race([answer, abortOf(ended)])
  } finally {
    clearTimeout(timer)
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
