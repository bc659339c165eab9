import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'

/** Where to ask: a port of the loopback address or a socket. `ca` (PEM) or `insecure` mean TLS. */
export interface Target {
  port?: number
  socketPath?: string
  ca?: Buffer
  /** For the health pages of components that sign their own certificate. */
  insecure?: true
  token?: string
}

export interface Answer {
  status: number
  text: string
}

/** A health page that takes longer is as good as none. */
const TIMEOUT_MS = 5_000

/** One request and its whole answer, whatever its status; rejects when nobody answers. */
export function ask(target: Target, method: string, path: string, body?: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const send = target.ca || target.insecure ? requestTls : requestPlain
  const request = send(
    {
      method,
      path,
      ...(target.socketPath ? { socketPath: target.socketPath } : { host: '127.0.0.1', port: target.port }),
      ...(target.ca ? { ca: target.ca } : {}),
      ...(target.insecure ? { rejectUnauthorized: false } : {}),
      headers: {
        ...(target.token ? { authorization: `Bearer ${target.token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      timeout: TIMEOUT_MS,
    },
    (response) => void collect(response).then(resolve, reject),
  )
  request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
  request.on('error', reject)
  request.end(body ? JSON.stringify(body) : undefined)
  return promise
}

async function collect(response: IncomingMessage): Promise<Answer> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode ?? 0, text }
}

/** Undefined when the page answers 200, else what it said: the form that a component's `ready` wants. */
export async function askHealth(target: Target, path: string): Promise<string | undefined> {
  const { status, text } = await ask(target, 'GET', path)
  return status === 200 ? undefined : `${path} answers ${status}: ${text.slice(0, 300)}`
}
