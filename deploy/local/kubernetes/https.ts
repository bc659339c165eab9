import { request } from 'node:https'
import { patience } from '../slowness.ts'

/** Who calls, and whom the caller believes: texts in PEM. */
export interface Identity {
  ca: string
  cert: string
  key: string
}

export interface Call {
  /** A POST when there is one. */
  body?: string
  token?: string
  identity?: Identity
}

/** For a part that takes a connection and says nothing; it is asked again. */
const ANSWERS_WITHIN_MS = 3_000

/**
 * One call to a part of the stack. Without an identity the certificate of the other side is not checked: it was made a
 * moment ago by the process that is asked, on loopback.
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
