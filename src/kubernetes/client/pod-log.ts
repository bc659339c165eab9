import { setTimeout as sleep } from 'node:timers/promises'
import { backOffMs } from './back-off.ts'
import type { Kube } from './client.ts'
import { containerState, endedAt } from './container-state.ts'
import { isNotFound, isTransient, KubeError } from './errors.ts'
import { LogCursor, LogUnavailable } from './log-cursor.ts'

export interface PodLogOptions {
  namespace: string
  pod: string
  container: string
  follow: boolean
  /** Last lines only. */
  tail?: number
  signal: AbortSignal
}

/** Between two looks at a container that does not run yet, or has no more to say and is not known to have ended. */
const LAST_LOOK_MS = 2_000
/** An API server that restarts, or a node that was cut off, is given this long before a follower is told. */
const GIVE_UP_MS = 120_000
/** Quiet containers send nothing for hours; asking again costs nothing, and shows that the line is not dead. */
const SILENCE_MS = 300_000
/**
 * containerd calls a container ended once it has taken over its output, and writes the last few KiB of it into the
 * log a moment later, on a busy node line by line while we read. So a log that has just ended is read until a
 * second look brings nothing more.
 */
const SETTLE_MS = 250
/** An end longer ago than this is settled. Clocks of nodes differ by less, or the first look has to do. */
const FRESH_MS = 10_000

/**
 * The log of one container, line by line with its ends; a long line comes in pieces. Followed, it waits for the container to start, survives cut
 * connections and ends with the container. Not followed, it is what is there now, also nothing.
 *
 * Throws KubeError (`NotFound` when the pod is gone), KubeUnreachable, LogUnavailable when the node has lost the
 * log, and the reason of the signal.
 */
export async function* podLog(kube: Kube, options: PodLogOptions): AsyncIterable<string> {
  const { follow, tail } = options
  if (follow || tail === undefined) {
    yield* lines(kube, options)
    return
  }
  // The last lines of a log that was still being written when it was asked for are more than that many.
  let last = ''
  for await (const text of lines(kube, options)) last += text
  const all = byLine(last)
  yield* all.slice(Math.max(0, all.length - tail))
}

async function* lines(kube: Kube, options: PodLogOptions): AsyncIterable<string> {
  const { follow, signal } = options
  const cursor = new LogCursor()
  let failures = 0
  let failingSince = 0
  let wasRunning = false
  let isSettling = false
  for (let looks = 1; ; looks++) {
    let isPodThere = false
    try {
      const pod = await kube.get(pathOf(options), { signal })
      isPodThere = true
      const state = containerState(pod, options.container)
      if (state === 'unstarted' || (state === 'waiting' && !follow)) return
      wasRunning ||= state === 'running'
      if (state !== 'waiting') {
        const hasEnded = state === 'ended'
        let isQuiet = true
        for await (const text of readOnce(kube, options, cursor, follow && !hasEnded)) {
          isQuiet = false
          failures = 0
          looks = 0
          yield text
        }
        const isSettled = (isSettling && isQuiet) || !(wasRunning || isFresh(endedAt(pod, options.container)))
        if (cursor.isBlind || (hasEnded ? isSettled : !follow)) return
        isSettling = hasEnded
      }
      failures = 0
    } catch (error) {
      signal.throwIfAborted()
      if (failures === 0) failingSince = Date.now()
      failures += 1
      const isHopeless = !isWorthAnotherTry(error, isPodThere) || Date.now() - failingSince > GIVE_UP_MS
      if (isHopeless && isSettling) return
      // Whoever has got nothing yet and does not follow can just as well ask again.
      if (isHopeless || (!follow && cursor.since === undefined)) throw error
    }
    const pauseMs = backOffMs(Math.max(failures, looks), Math.random(), LAST_LOOK_MS)
    await sleep(isSettling && failures === 0 ? SETTLE_MS : pauseMs, undefined, { signal })
  }
}

const isFresh = (endedAt: number | undefined): boolean =>
  endedAt !== undefined && Math.abs(Date.now() - endedAt) < FRESH_MS

const pathOf = ({ namespace, pod }: PodLogOptions): string => `/api/v1/namespaces/${namespace}/pods/${pod}`

async function* readOnce(
  kube: Kube,
  options: PodLogOptions,
  cursor: LogCursor,
  follow: boolean,
): AsyncIterable<string> {
  const { container, tail, signal } = options
  const { since } = cursor
  const query = {
    container,
    timestamps: 'true',
    follow: String(follow),
    ...(since !== undefined ? { sinceTime: since } : tail !== undefined ? { tailLines: String(tail) } : {}),
  }
  const bytes = await kube.stream(`${pathOf(options)}/log`, query, signal, SILENCE_MS)
  const decoder = new TextDecoder()
  cursor.begin()
  for await (const chunk of bytes) {
    yield* byLine(cursor.take(decoder.decode(chunk, { stream: true })))
  }
  // A character in halves is only final when nothing can follow.
  const rest = (follow ? '' : cursor.take(decoder.decode())) + cursor.end()
  yield* byLine(rest)
}

const byLine = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/))

/** A pod that is there and refuses is one whose container is about to start, or whose node has just come back. */
function isWorthAnotherTry(error: unknown, isPodThere: boolean): boolean {
  if (error instanceof LogUnavailable) return error.message.startsWith('failed to create fsnotify')
  if (isNotFound(error)) return isPodThere
  if (error instanceof KubeError && /is (waiting to start|not available)/.test(error.message)) return true
  return isTransient(error)
}
