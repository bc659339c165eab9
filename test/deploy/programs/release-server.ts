import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers requests for one file in a special way. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void

/** A mirror of releases on loopback, which can fail like a real one. */
export interface ReleaseServer {
  url: string
  /** By address, for example dl.k8s.io/release/… */
  files: Map<string, Buffer>
  behaviours: Map<string, Behaviour>
  /** "GET <address>", with the range if one was requested. HEAD requests are left out. */
  requests: string[]
  close(): Promise<void>
}

export async function startReleaseServer(): Promise<ReleaseServer> {
  const files = new Map<string, Buffer>()
  const behaviours = new Map<string, Behaviour>()
  const requests: string[] = []
  const server = createServer((request, response) => {
    const address = decodeURI((request.url ?? '').slice(1))
    if (request.method === 'HEAD') return void response.end()
    requests.push(['GET', address, request.headers.range].filter(Boolean).join(' '))
    const content = files.get(address)
    if (!content) return void response.writeHead(404).end('no such file')
    const behave = behaviours.get(address) ?? whole
    behave(request, response, content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    behaviours,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const ETAG = '"one"'

export const whole: Behaviour = (request, response, content) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from === 0 || request.headers['if-range'] !== ETAG) {
    response.writeHead(200, { etag: ETAG, 'content-length': content.length }).end(content)
    return
  }
  const rest = content.subarray(from)
  const range = `bytes ${from}-${content.length - 1}/${content.length}`
  response.writeHead(206, { etag: ETAG, 'content-length': rest.length, 'content-range': range }).end(rest)
}

/** Sends half of the file and closes the connection, `times` times. Without `etag` a client cannot resume. */
export function cutOff(times: number, etag = true): Behaviour {
  let left = times
  return (request, response, content) => {
    if (left-- <= 0) return whole(request, response, content)
    response.writeHead(200, { 'content-length': content.length, ...(etag ? { etag: ETAG } : {}) })
    response.write(content.subarray(0, content.length / 2), () => response.socket?.end())
  }
}

/** Sends half of the file, and then nothing more. */
export const stall: Behaviour = (_, response, content) => {
  response.writeHead(200, { 'content-length': content.length })
  response.write(content.subarray(0, content.length / 2))
}

/** Accepts the request and never answers. */
export const silent: Behaviour = () => undefined

/** Sends small pieces, one every few milliseconds. */
export function trickle(pieces: number): Behaviour {
  return (_, response, content) => {
    response.writeHead(200, { 'content-length': content.length })
    const size = Math.ceil(content.length / pieces)
    let at = 0
    const timer = setInterval(() => {
      response.write(content.subarray(at, at + size))
      at += size
      if (at < content.length) return
      clearInterval(timer)
      response.end()
    }, 5)
    response.on('close', () => clearInterval(timer))
  }
}

export const redirectTo =
  (url: string): Behaviour =>
  (_, response) => {
    response.writeHead(302, { location: url }).end()
  }
