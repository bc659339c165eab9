import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { stream, streamSSE } from 'hono/streaming'
import { AppError } from '../../src/operations/app-error.ts'
import { peekFirst } from './peek-first.ts'

/** Proxies close silent connections, most of them after 30 or 60 s. */
const PING_EVERY_MS = 15_000
/** An early error should become a status, not a broken stream. A silent pod must not delay the headers. */
const FIRST_CHUNK_WITHIN_MS = 1_000

interface StreamOptions {
  stop: AbortController
  /** Server-sent events instead of text. */
  asEvents: boolean
}

/** Aborted when the client disconnects or the process shuts down. */
export function untilClosed(c: Context, closing: AbortSignal | undefined): AbortController {
  const stop = new AbortController()
  const abort = (): void => stop.abort()
  for (const signal of [c.req.raw.signal, closing]) {
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true, signal: stop.signal })
  }
  return stop
}

/** Responds with the chunks as they arrive. Throws errors that come before the first one. */
export async function streamLog(
  c: Context,
  source: AsyncIterable<string>,
  { stop, asEvents }: StreamOptions,
): Promise<Response> {
  const chunks = await peekFirst(source, FIRST_CHUNK_WITHIN_MS).catch((error: unknown) => {
    stop.abort()
    throw error
  })
  // Nothing reads the body of a HEAD response, so nothing would end the stream.
  if (c.req.method === 'HEAD') stop.abort()
  c.header('Cache-Control', 'no-store')
  c.header('X-Accel-Buffering', 'no')
  return asEvents ? asEventStream(c, chunks, stop) : asText(c, chunks, stop)
}

function asText(c: Context, chunks: AsyncIterable<string>, stop: AbortController): Response {
  c.header('Content-Type', 'text/plain; charset=utf-8')
  return stream(c, async (out) => {
    out.onAbort(() => stop.abort())
    try {
      for await (const chunk of chunks) await out.write(chunk)
    } catch (error) {
      if (!stop.signal.aborted) await out.write(`\n[${reasonOf(error)}]\n`)
    } finally {
      stop.abort()
    }
  })
}

function asEventStream(c: Context, chunks: AsyncIterable<string>, stop: AbortController): Response {
  return streamSSE(c, async (out) => {
    out.onAbort(() => stop.abort())
    void pingUntil(stop.signal, () => out.write(': ping\n\n'))
    try {
      for await (const lines of wholeLines(chunks)) await out.writeSSE({ event: 'log', data: lines })
      await out.writeSSE({ event: 'end', data: '' })
    } catch (error) {
      if (!stop.signal.aborted) await out.writeSSE({ event: 'error', data: reasonOf(error) })
    } finally {
      stop.abort()
    }
  })
}

/** A chunk may end within a line, an event may not. Yields whole lines, without the last line end. */
export async function* wholeLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const text = rest + chunk
    const end = text.lastIndexOf('\n')
    rest = text.slice(end + 1)
    if (end >= 0) yield text.slice(0, end)
  }
  if (rest !== '') yield rest
}

async function pingUntil(stopped: AbortSignal, ping: () => Promise<unknown>): Promise<void> {
  try {
    for (;;) {
      await sleep(PING_EVERY_MS, undefined, { signal: stopped })
      await ping()
    }
  } catch {
    // Stopped, or the client has disconnected.
  }
}

/** The cause is not sent to the client: a stream has no log line to refer to. */
const reasonOf = (error: unknown): string =>
  error instanceof AppError
    ? error.message
    : 'The log was interrupted. Repeat the request, with tail to skip the lines that you have.'
