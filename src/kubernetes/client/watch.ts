import { setTimeout as sleep } from 'node:timers/promises'
import { isJsonObject, type JsonObject } from '../../lib/json.ts'
import { backOffMs } from './back-off.ts'
import type { Kube } from './client.ts'
import { isExpired, KubeError } from './errors.ts'
import { jsonLines } from './json-lines.ts'

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED'

export interface WatchOptions<T> {
  /** Path of the collection: `/apis/batch/v1/jobs`. */
  path: string
  selector: string
  /** What to keep of an object. */
  read(object: JsonObject): T
  /** Called with all objects after every list. A missing object has been deleted. */
  onSync(objects: T[]): void
  onEvent(type: WatchEventType, object: T): void
  /** Called on every interruption, and with what `onSync` and `onEvent` throw. The watch continues. */
  onError(error: unknown): void
}

export interface Watch {
  /** Resolves after the first list; never if the watch is stopped before. */
  synced: Promise<void>
  /** When the server last sent something, bookmarks included, in milliseconds since 1970; 0 before that. */
  lastEventAt(): number
  /** Lists again as soon as possible, whatever the state of the watch. */
  relist(): void
  /** Stops at once. Resolves when no callback will be called any more. */
  stop(): Promise<void>
}

/** The server ends a watch after this time plus up to half as much jitter, so no watch lives long. */
const WATCH_SECONDS = 240
const JITTER_SECONDS = 120
/**
 * Silence beyond the watch's own end means a dead connection. A shorter silence does not: bookmarks usually
 * come every minute, but a quiet server may send none for longer. Keepalive notices a vanished peer sooner.
 */
const SLACK_MS = 30_000
/** A watch that lived this long was healthy, even without events. */
const HEALTHY_MS = 10_000
/** After this many failures in a row the last version may be old: list again. */
const MAX_RESUMES = 3

/**
 * List, then watch, for ever. After an interruption the watch resumes from the last version it saw. When that
 * is too old (410), or resuming keeps failing, everything is listed again, so nothing depends on seeing an
 * event. Consumers must accept an object that they know already. Older versions never come after newer ones.
 */
export function watch<T>(kube: Kube, options: WatchOptions<T>): Watch {
  const { path, selector } = options
  const stopped = new AbortController()
  let wanted = new AbortController()
  let lastEventAt = 0
  /** The version to resume from; undefined: list first. */
  let version: string | undefined
  let failures = 0
  const { promise: synced, resolve: nowSynced } = Promise.withResolvers<void>()

  const guarded = (call: () => void): void => {
    try {
      call()
    } catch (error) {
      options.onError(error)
    }
  }

  async function list(): Promise<void> {
    // A relist that is requested from here on needs another list.
    wanted = new AbortController()
    try {
      const { signal } = stopped
      const { items, resourceVersion } = await kube.listAs(path, options.read, { selector, signal })
      lastEventAt = Date.now()
      version = resourceVersion
      guarded(() => options.onSync(items))
      nowSynced()
    } catch (error) {
      wanted.abort()
      throw error
    }
  }

  async function watchFrom(resourceVersion: string): Promise<void> {
    const signal = AbortSignal.any([stopped.signal, wanted.signal])
    const seconds = WATCH_SECONDS + Math.floor(Math.random() * JITTER_SECONDS)
    const silenceMs = seconds * 1000 + SLACK_MS
    const query = {
      watch: 'true',
      labelSelector: selector,
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(seconds),
    }
    for await (const event of jsonLines(await kube.stream(path, query, signal, silenceMs))) {
      if (signal.aborted) return
      take(event)
    }
  }

  function take({ type, object }: JsonObject): void {
    if (!isJsonObject(object)) return
    if (type === 'ERROR')
      throw new KubeError(Number(object.code ?? 500), object, 'the watch ended with an error')
    lastEventAt = Date.now()
    failures = 0
    // Set the version first: an event that its consumer fails on must not come again.
    const seen = isJsonObject(object.metadata) ? object.metadata.resourceVersion : undefined
    if (typeof seen === 'string') version = seen
    if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED')
      guarded(() => options.onEvent(type, options.read(object)))
  }

  /** One list or watch. True when the next may follow without a pause. */
  async function round(): Promise<boolean> {
    const startedAt = Date.now()
    try {
      if (version === undefined || wanted.signal.aborted) await list()
      if (version !== undefined && !wanted.signal.aborted) await watchFrom(version)
      if (wanted.signal.aborted) return true
      if (Date.now() - startedAt > HEALTHY_MS) {
        failures = 0
        return true
      }
    } catch (error) {
      if (stopped.signal.aborted) return false
      if (wanted.signal.aborted && error === wanted.signal.reason) return true
      if (Date.now() - startedAt > HEALTHY_MS) failures = 0
      failures += 1
      options.onError(error)
      const isRefused = error instanceof KubeError && error.status < 500 && error.status !== 429
      if (isExpired(error) || isRefused || failures >= MAX_RESUMES) version = undefined
      return false
    }
    failures += 1
    return false
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      if (await round()) continue
      const pauseMs = backOffMs(failures, Math.random())
      await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }

  const running = run()
  return {
    synced,
    lastEventAt: () => lastEventAt,
    relist: () => wanted.abort(),
    async stop() {
      stopped.abort()
      await running
    },
  }
}
