import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../json.ts'
import { isJsonObject } from '../json.ts'
import type { Kube } from './client.ts'
import { isExpired, KubeError } from './errors.ts'
import { jsonLines } from './json-lines.ts'

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED'

export interface WatchOptions {
  /** Of the collection: `/apis/batch/v1/jobs`. */
  path: string
  selector: string
  /** Everything there is, after every list: what is missing was deleted. */
  onSync(objects: JsonObject[]): void
  onEvent(type: WatchEventType, object: JsonObject): void
  /** Told of every interruption, and of what `onSync` and `onEvent` throw. The watch goes on. */
  onError(error: unknown): void
}

export interface Watch {
  /** Resolves after the first list. */
  synced: Promise<void>
  /** Milliseconds since 1970 of the last sign of life, bookmarks included. */
  lastEventAt(): number
  /** Lists again as soon as possible, whatever the state of the watch. */
  relist(): void
  /** Stops at once; resolves when nothing will be called any more. */
  stop(): Promise<void>
}

/** The server ends a watch after this long (plus up to as much again of jitter), so none grows old. */
const WATCH_SECONDS = 240
const JITTER_SECONDS = 120
/** Silence beyond the watch's own end means a dead connection that TCP has not noticed. */
const SLACK_MS = 30_000
const FIRST_PAUSE_MS = 100
const LAST_PAUSE_MS = 10_000

/**
 * List, then watch, for ever. After an interruption the watch resumes from the last version it saw; when that
 * is too old (410), or the resume fails, everything is listed again, so nothing depends on having seen an event.
 */
export function watch(kube: Kube, options: WatchOptions): Watch {
  const stopped = new AbortController()
  let again = new AbortController()
  let lastEventAt = 0
  let version: string | undefined
  const { promise: synced, resolve: nowSynced } = Promise.withResolvers<void>()

  const guarded = (call: () => void): void => {
    try {
      call()
    } catch (error) {
      options.onError(error)
    }
  }

  async function listAll(): Promise<void> {
    again = new AbortController()
    const signal = stopped.signal
    const { items, resourceVersion } = await kube.list(options.path, { selector: options.selector, signal })
    lastEventAt = Date.now()
    guarded(() => options.onSync(items.map(withoutManagedFields)))
    version = resourceVersion
    nowSynced()
  }

  async function watchOnce(from: string): Promise<void> {
    const seconds = WATCH_SECONDS + Math.floor(Math.random() * JITTER_SECONDS)
    const dead = AbortSignal.timeout(seconds * 1000 + SLACK_MS)
    const signal = AbortSignal.any([stopped.signal, again.signal, dead])
    const query = {
      watch: 'true',
      labelSelector: options.selector,
      resourceVersion: from,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(seconds),
    }
    const body = await kube.stream(options.path, query, signal)
    for await (const event of jsonLines(body)) {
      lastEventAt = Date.now()
      take(event)
    }
  }

  function take(event: JsonObject): void {
    const object = isJsonObject(event.object) ? event.object : {}
    if (event.type === 'ERROR')
      throw new KubeError(Number(object.code ?? 500), object, 'the watch ended with an error')
    const metadata = isJsonObject(object.metadata) ? object.metadata : {}
    if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') {
      const { type } = event
      guarded(() => options.onEvent(type, withoutManagedFields(object)))
    }
    if (typeof metadata.resourceVersion === 'string') version = metadata.resourceVersion
  }

  async function run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!stopped.signal.aborted) {
      const startedAt = Date.now()
      try {
        if (version === undefined || again.signal.aborted) await listAll()
        if (version !== undefined) await watchOnce(version)
        pauseMs = FIRST_PAUSE_MS
      } catch (error) {
        if (stopped.signal.aborted) return
        if (again.signal.aborted) continue
        options.onError(error)
        if (isExpired(error) || error instanceof KubeError) version = undefined
        // A watch that lived for a while was healthy: begin again with short pauses.
        if (Date.now() - startedAt > LAST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS
        await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: stopped.signal }).catch(
          () => undefined,
        )
        pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)
      }
    }
  }

  const running = run()
  return {
    synced,
    lastEventAt: () => lastEventAt,
    relist: () => again.abort(),
    async stop() {
      stopped.abort()
      await running
    },
  }
}

/** Half of an object's bytes, and nobody here reads them. */
function withoutManagedFields(object: JsonObject): JsonObject {
  if (isJsonObject(object.metadata)) delete object.metadata.managedFields
  return object
}
