import { serve as listen, type ServerType } from '@hono/node-server'
import type { App } from './app.ts'

export interface ServeOptions {
  host: string
  port: number
  /** Aborting it closes the server. Requests in progress may finish; the app's `closing` stops streams. */
  signal: AbortSignal
  /** Called with the URL. Its port is the actual one when `port` is 0. */
  onListening?: (url: string) => void
}

/** Headers usually arrive within a second; the rest of the time is for slow uplinks. */
const HEADERS_TIMEOUT_MS = 15_000
/** For receiving a request of at most 3 MiB. Responses have no limit. */
const REQUEST_TIMEOUT_MS = 60_000
/** Longer than the usual 60 s of load balancers, so that they close idle connections first. */
const KEEP_ALIVE_MS = 65_000
/** Less than the 30 s that Kubernetes gives a pod. A delete that is cut off can be repeated. */
const CLOSES_WITHIN_MS = 10_000
const SWEEP_EVERY_MS = 50

/**
 * Listens until `signal` is aborted, and resolves when the last connection is closed. Throws an Error that
 * names the remedy when it cannot listen.
 */
export async function serve(app: Pick<App, 'fetch'>, options: ServeOptions): Promise<void> {
  const { host, port, signal, onListening } = options
  const server = await start(app, host, port)
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve)
  })
  const address = server.address()
  const actualPort = typeof address === 'object' && address ? address.port : port
  onListening?.(`http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`)
  if (signal.aborted) close(server)
  else signal.addEventListener('abort', () => close(server), { once: true })
  await closed
}

function start(app: Pick<App, 'fetch'>, hostname: string, port: number): Promise<ServerType> {
  const serverOptions = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  }
  return new Promise((resolve, reject) => {
    const server = listen({ fetch: app.fetch, hostname, port, serverOptions }, () => resolve(server))
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, hostname, port)))
  })
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const place = `${host}:${port}`
  const remedies: Record<string, string> = {
    EADDRINUSE: `${place} is in use: stop the process that listens there (\`ss -ltnp | grep :${port}\` shows it) or choose another port.`,
    EACCES: `Listening on ${place} is not permitted: choose a port above 1023.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine: choose 127.0.0.1, or 0.0.0.0 for all.`,
  }
  return new Error(remedies[error.code ?? ''] ?? `Cannot listen on ${place}: ${error.message}`, {
    cause: error,
  })
}

/** Kept-alive connections stay open after their request, so idle ones are closed at intervals. */
function close(server: ServerType): void {
  server.close()
  if (!('closeIdleConnections' in server)) return
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
  const giveUp = setTimeout(() => server.closeAllConnections(), CLOSES_WITHIN_MS)
  server.once('close', () => {
    clearInterval(sweep)
    clearTimeout(giveUp)
  })
}
