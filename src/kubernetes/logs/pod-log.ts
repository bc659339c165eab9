import { setTimeout as sleep } from 'node:timers/promises'
import { backOffMs } from '../client/back-off.ts'
import type { Kube } from '../client/client.ts'
import { isNotFound, isTransient, KubeError } from '../client/errors.ts'
import { objectPath, resources } from '../client/resource-path.ts'
import { containerState, endedAt } from '../status/container-state.ts'
import { LogCursor, LogUnavailable } from './log-cursor.ts'

export interface PodLogOptions {
  namespace: string
  pod: string
  container: string
  follow: boolean
  /** Only this many lines, from the end. */
  tail?: number
  signal: AbortSignal
}

/** Longest pause between two checks of a container that is not running yet, or is silent. */
const LAST_LOOK_MS = 2_000
/** Time for an API server to restart, or a node to reconnect, before a follower gets an error. */
const GIVE_UP_MS = 120_000
/** Quiet containers send nothing for hours. A new request is cheap and shows that the connection works. */
const SILENCE_MS = 300_000
/**
 * containerd reports a container as ended once it has taken over its output. It writes the last few KiB of
 * that into the log a moment later, on a busy node line by line while we read. So a log that has just ended
 * is read until another read brings nothing more.
 */
const SETTLE_MS = 250
/** An end longer ago than this has settled. Node clocks differ by less, or the first read must do. */
const FRESH_MS = 10_000

/**
 * The log of one container, line by line with line ends; a long line comes in pieces. Followed, it waits for
 * the container to start, survives cut connections and ends with the container. Not followed, it is the
 * current text, which may be empty.
 *
 * Throws KubeError (`NotFound` when the pod does not exist), KubeUnreachable, LogUnavailable when the node
 * has lost the log, and the reason of the signal.
 */
export async function* podLog(kube: Kube, options: PodLogOptions): AsyncIterable<string> {
  const { follow, tail } = options
  if (follow || tail === undefined) {
    yield* lines(kube, options)
    return
  }
  // While a log is being written, more than `tail` lines may arrive.
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
      // A caller that does not follow and has received nothing can simply repeat the call.
      if (isHopeless || (!follow && cursor.since === undefined)) throw error
    }
    const pauseMs = backOffMs(Math.max(failures, looks), Math.random(), LAST_LOOK_MS)
    await sleep(isSettling && failures === 0 ? SETTLE_MS : pauseMs, undefined, { signal })
  }
}

const isFresh = (endedAt: number | undefined): boolean =>
  endedAt !== undefined && Math.abs(Date.now() - endedAt) < FRESH_MS

const pathOf = ({ namespace, pod }: PodLogOptions): string => objectPath(resources.Pod, namespace, pod)

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
  // An incomplete character is final only when nothing can follow.
  const rest = (follow ? '' : cursor.take(decoder.decode())) + cursor.end()
  yield* byLine(rest)
}

const byLine = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/))

/** The pod exists and its log is refused: its container is about to start, or its node has just come back. */
function isWorthAnotherTry(error: unknown, isPodThere: boolean): boolean {
  if (error instanceof LogUnavailable) return error.message.startsWith('failed to create fsnotify')
  if (isNotFound(error)) return isPodThere
  if (error instanceof KubeError && /is (waiting to start|not available)/.test(error.message)) return true
  return isTransient(error)
}
