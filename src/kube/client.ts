/**
 * Kube: the raw JSON client, and the only way this system speaks to an API server.
 *
 * client-node is used for what it does well, reading kubeconfigs and keeping credentials fresh. Its generated
 * methods are not: they drop fields they do not know (an author's manifest must reach the cluster as it is) and
 * open a connection per request. So requests go out by undici over two shared agents, one for calls and one for
 * streams (watches and logs), whose bodies may be silent for minutes.
 *
 * Objects are plain JSON in and out. Every call has a time limit and none is repeated here: whoever calls knows
 * whether that is safe, and three layers of retries would hide each other.
 * Fails with KubeError (the server said no) or KubeUnreachable (it was not reached, or not in time).
 */
import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher, request } from 'undici'
import { isJsonObject, type JsonObject } from '../json.ts'
import { createCredentials } from './credentials.ts'
import { isExpired, KubeUnreachable, toKubeError } from './errors.ts'

/** A healthy API server answers in milliseconds; one that is overloaded is better asked again than waited for. */
const CALL_TIMEOUT_MS = 10_000
/** Objects per page of a list: about a megabyte of Jobs, parsed in some tens of milliseconds. */
const PAGE = 500

export interface ListOptions {
  selector?: string
  signal?: AbortSignal
}

export interface List {
  items: JsonObject[]
  resourceVersion: string
}

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  preconditions?: { uid?: string; resourceVersion?: string }
}

/** Paths are those of the API: `/apis/batch/v1/namespaces/default/jobs/x`. */
export interface Kube {
  get(path: string): Promise<JsonObject>
  /** All of a collection, page by page. */
  list(path: string, options?: ListOptions): Promise<List>
  create(path: string, object: JsonObject, query?: Record<string, string>): Promise<JsonObject>
  replace(path: string, object: JsonObject, query?: Record<string, string>): Promise<JsonObject>
  /** JSON merge patch. */
  patch(path: string, patch: object): Promise<JsonObject>
  delete(path: string, options?: DeleteOptions): Promise<void>
  deleteCollection(path: string, selector: string, options?: DeleteOptions): Promise<void>
  /** A long answer as a stream; the caller ends it by the signal. */
  stream(
    path: string,
    query: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData['body']>
  close(): Promise<void>
}

export function createKube(config: KubeConfig): Kube {
  const credentials = createCredentials(config)
  const connect = credentials.tls
  const calls = new Agent({ connect, headersTimeout: 30_000, bodyTimeout: 30_000, keepAliveTimeout: 60_000 })
  const streams = new Agent({ connect, headersTimeout: 30_000, bodyTimeout: 0, keepAliveTimeout: 1_000 })

  async function send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    options: { query?: Record<string, string>; body?: object; signal?: AbortSignal; type?: string } = {},
  ): Promise<JsonObject> {
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS)
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout
    try {
      const { statusCode, body } = await request(`${credentials.server}${path}`, {
        method,
        dispatcher: calls,
        signal,
        query: options.query ?? {},
        headers: { ...(await credentials.headers()), 'content-type': options.type ?? 'application/json' },
        body: options.body === undefined ? null : JSON.stringify(options.body),
      })
      const text = await body.text()
      if (statusCode >= 400) throw toKubeError(statusCode, text)
      const parsed: unknown = JSON.parse(text)
      return isJsonObject(parsed) ? parsed : {}
    } catch (error) {
      throw unreachable(error, options.signal)
    }
  }

  async function list(path: string, { selector, signal }: ListOptions = {}): Promise<List> {
    const items: JsonObject[] = []
    let next: string | undefined
    for (;;) {
      const query = {
        limit: String(PAGE),
        ...(selector ? { labelSelector: selector } : {}),
        ...(next ? { continue: next } : {}),
      }
      try {
        const page = await send('GET', path, { query, ...(signal ? { signal } : {}) })
        const metadata = isJsonObject(page.metadata) ? page.metadata : {}
        for (const item of Array.isArray(page.items) ? page.items : [])
          if (isJsonObject(item)) items.push(item)
        next =
          typeof metadata.continue === 'string' && metadata.continue !== '' ? metadata.continue : undefined
        if (!next) return { items, resourceVersion: String(metadata.resourceVersion ?? '') }
      } catch (error) {
        if (!next || !isExpired(error)) throw error
        // The snapshot behind the token was compacted away half way: begin again with a fresh one.
        items.length = 0
        next = undefined
      }
    }
  }

  return {
    list,
    get: (path) => send('GET', path),
    create: (path, body, query = {}) => send('POST', path, { body, query }),
    replace: (path, body, query = {}) => send('PUT', path, { body, query }),
    patch: (path, body) => send('PATCH', path, { body, type: 'application/merge-patch+json' }),
    delete: async (path, body = {}) => void (await send('DELETE', path, { body })),
    deleteCollection: async (path, labelSelector, body = {}) =>
      void (await send('DELETE', path, { body, query: { labelSelector } })),
    async stream(path, query, signal) {
      try {
        const { statusCode, body } = await request(`${credentials.server}${path}`, {
          dispatcher: streams,
          query,
          signal,
          headers: await credentials.headers(),
        })
        if (statusCode >= 400) throw toKubeError(statusCode, await body.text())
        return body
      } catch (error) {
        throw unreachable(error, signal)
      }
    },
    async close() {
      await Promise.all([calls.destroy(), streams.destroy()])
    },
  }
}

/** Answers of the server and the caller's own abort pass; all else means that the server was not reached. */
function unreachable(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof Error && error.name === 'KubeError') return error
  if (signal?.aborted) return signal.reason
  const why = error instanceof Error ? error.message : String(error)
  return new KubeUnreachable(`the Kubernetes API server cannot be reached: ${why}`, { cause: error })
}
