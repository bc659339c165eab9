/**
 * Kube: the raw JSON client, and the only code that talks to an API server.
 *
 * client-node reads kubeconfigs and keeps credentials fresh. Its generated methods are not used: they drop
 * fields they do not know (an author's manifest must reach the cluster unchanged) and open a connection per
 * request. So undici sends the requests over two shared agents (transport.ts): one for calls, and one for
 * streams, that is watches (watch.ts) and logs (../logs/pod-log.ts), which each hold a connection.
 *
 * Objects are plain JSON, in and out. Every call has a time limit. No call is retried here: only the caller
 * knows whether that is safe, and three layers of retries would hide each other. Streams are different: a
 * watch and a followed log are long-lived, are cut now and then, and resume where they were.
 *
 * Throws KubeError when the API server refused, with its message, reason and fields. Throws KubeUnreachable
 * when the server was not reached or did not answer in time; the request may or may not have been carried
 * out. `isTransient` tells which errors are worth a retry. A caller's own abort is thrown as the reason of
 * its signal. No message contains a header or a token.
 */
import type { KubeConfig } from '@kubernetes/client-node'
import type { JsonObject } from '../../lib/json.ts'
import { createCredentials } from './credentials.ts'
import { type List, listAll } from './list.ts'
import { type CallRequest, createTransport } from './transport.ts'

/** A healthy API server answers in milliseconds. When it is overloaded, a retry beats a longer wait. */
const CALL_MS = 10_000
/** A collection is deleted object by object during the call. The server gives up after the same time. */
const DELETE_COLLECTION_MS = 60_000

/** A stream may be silent for minutes when nothing happens. After this long its connection counts as dead. */
const SILENCE_MS = 300_000

export type { List } from './list.ts'

export interface CallOptions {
  signal?: AbortSignal
}

export interface ListOptions extends CallOptions {
  /** A label selector: `app=x,tier!=y`. */
  selector?: string
  /** A field selector: `involvedObject.name=x`. */
  fields?: string
}

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  preconditions?: { uid?: string; resourceVersion?: string }
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  /** Server-side apply: creates the object if it does not exist. Needs `fieldManager` in the query. */
  apply: 'application/apply-patch+yaml',
} as const

export interface PatchOptions extends CallOptions {
  /** Default: `merge`. */
  type?: keyof typeof patchTypes
  query?: Record<string, string>
}

type Query = Record<string, string>

/** Paths are API paths: `/apis/batch/v1/namespaces/default/jobs/x`. */
export interface Kube {
  get(path: string, options?: CallOptions): Promise<JsonObject>
  /** All of a collection, page by page. */
  list(path: string, options?: ListOptions): Promise<List>
  /** The same for a large collection: of each object only the result of `read` is kept. */
  listAs<T>(path: string, read: (object: JsonObject) => T, options?: ListOptions): Promise<List<T>>
  create(path: string, object: JsonObject, query?: Query, options?: CallOptions): Promise<JsonObject>
  replace(path: string, object: JsonObject, query?: Query, options?: CallOptions): Promise<JsonObject>
  patch(path: string, patch: object, options?: PatchOptions): Promise<JsonObject>
  /** Resolves when the deletion is accepted. The object exists until its finalizers are removed. */
  delete(path: string, how?: DeleteOptions, options?: CallOptions): Promise<void>
  deleteCollection(path: string, selector: string, how?: DeleteOptions, options?: CallOptions): Promise<void>
  /** The bytes of a long response as they arrive. After `silenceMs` without a byte it counts as cut. */
  stream(
    path: string,
    query: Query,
    signal: AbortSignal,
    silenceMs?: number,
  ): Promise<AsyncIterable<Uint8Array>>
  /** Ends every call and stream. */
  close(): Promise<void>
}

export function createKube(config: KubeConfig): Kube {
  const transport = createTransport(createCredentials(config))
  const call = (
    method: CallRequest['method'],
    path: string,
    options: CallOptions = {},
    more: Partial<CallRequest> = {},
  ): Promise<JsonObject> =>
    transport.call({ method, path, signal: options.signal, timeoutMs: CALL_MS, ...more })

  const listAs: Kube['listAs'] = (path, read, options = {}) =>
    listAll((query) => call('GET', path, options, { query }), { ...options, read })

  return {
    get: (path, options) => call('GET', path, options),
    list: (path, options) => listAs(path, (object) => object, options),
    listAs,
    create: (path, body, query, options) => call('POST', path, options, { body, query }),
    replace: (path, body, query, options) => call('PUT', path, options, { body, query }),
    patch: (path, body, { type = 'merge', query, ...options } = {}) =>
      call('PATCH', path, options, { body, query, contentType: patchTypes[type] }),
    async delete(path, body = {}, options) {
      await call('DELETE', path, options, { body })
    },
    async deleteCollection(path, labelSelector, body = {}, options) {
      const more = { body, query: { labelSelector }, timeoutMs: DELETE_COLLECTION_MS }
      await call('DELETE', path, options, more)
    },
    stream: (path, query, signal, silenceMs = SILENCE_MS) =>
      transport.stream({ path, query, signal, silenceMs }),
    close: () => transport.close(),
  }
}
