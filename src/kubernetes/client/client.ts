/**
 * Kube: the raw JSON client, and the only way this system speaks to an API server.
 *
 * client-node is used for what it does well, reading kubeconfigs and keeping credentials fresh. Its generated
 * methods are not: they drop fields they do not know (an author's manifest must reach the cluster as it is) and
 * open a connection per request. So requests go out by undici over two shared agents (transport.ts), one for
 * calls and one for streams, that is watches (watch.ts) and logs (pod-log.ts), which each hold a connection.
 *
 * Objects are plain JSON in and out. Every call has a time limit, and none is repeated here: whoever calls knows
 * whether that is safe, and three layers of retries would hide each other. Streams are another matter: a watch
 * and a followed log are long by nature, are cut every now and then, and go on where they were.
 *
 * Fails with KubeError, the server said no: its words, reason and fields; or with KubeUnreachable, it was not
 * reached, or not in time, and then nobody knows whether it has done what was asked. `isTransient` tells which of
 * both are worth another try. A caller's own abort comes back as the reason of its signal. No message holds a
 * header or a token.
 */
import type { KubeConfig } from '@kubernetes/client-node'
import type { JsonObject } from '../../lib/json.ts'
import { createCredentials } from './credentials.ts'
import { type List, listAll } from './list.ts'
import { type CallRequest, createTransport } from './transport.ts'

/** A healthy API server answers in milliseconds; one that is overloaded is better asked again than waited for. */
const CALL_MS = 10_000
/** A collection is deleted object by object while the call lasts; the server itself gives up after this long. */
const DELETE_COLLECTION_MS = 60_000

/** The API server itself sends nothing for minutes only where nothing happens; what is silent for longer is dead. */
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
  /** Server-side apply: creates what is not there. Wants `fieldManager` in the query. */
  apply: 'application/apply-patch+yaml',
} as const

export interface PatchOptions extends CallOptions {
  /** `merge` when not said. */
  type?: keyof typeof patchTypes
  query?: Record<string, string>
}

type Query = Record<string, string>

/** Paths are those of the API: `/apis/batch/v1/namespaces/default/jobs/x`. */
export interface Kube {
  get(path: string, options?: CallOptions): Promise<JsonObject>
  /** All of a collection, page by page. */
  list(path: string, options?: ListOptions): Promise<List>
  /** The same of one that may be large: only what `read` makes of each object is kept. */
  listAs<T>(path: string, read: (object: JsonObject) => T, options?: ListOptions): Promise<List<T>>
  create(path: string, object: JsonObject, query?: Query, options?: CallOptions): Promise<JsonObject>
  replace(path: string, object: JsonObject, query?: Query, options?: CallOptions): Promise<JsonObject>
  patch(path: string, patch: object, options?: PatchOptions): Promise<JsonObject>
  /** Resolves when the deletion is accepted; the object may stay for as long as it has finalizers. */
  delete(path: string, how?: DeleteOptions, options?: CallOptions): Promise<void>
  deleteCollection(path: string, selector: string, how?: DeleteOptions, options?: CallOptions): Promise<void>
  /** The bytes of a long answer as they come. Silent for `silenceMs`, it counts as cut. */
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
