import { request } from 'node:https'
import { patience } from '../slowness.ts'

/** The client's certificate and key, and the authority that it trusts, in PEM. */
export interface Identity {
  ca: string
  cert: string
  key: string
}

export interface Call {
  /** If set, the request is a POST. */
  body?: string
  token?: string
  identity?: Identity
}

/** For a component that accepts a connection and does not answer. The request is repeated. */
const ANSWERS_WITHIN_MS = 3_000

/**
 * One request to a component of the stack. Without an identity the server's certificate is not verified: the process
 * on loopback has just made it itself.
 */
export function callHttps(url: string, { body, token, identity }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {}
    const method = body === undefined ? 'GET' : 'POST'
    const trust = identity ?? { rejectUnauthorized: false }
    const options = { ...trust, method, headers, timeout: patience(ANSWERS_WITHIN_MS), agent: false }
    const call = request(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      response.on('error', reject)
    })
    call.on('timeout', () => call.destroy(new Error(`${url} does not answer`)))
    call.on('error', reject)
    call.end(body)
  })
}

export interface Answer {
  status: number
  body: string
}
