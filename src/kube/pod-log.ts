import { setTimeout as sleep } from 'node:timers/promises'
import type { Kube } from './client.ts'
import { isNotFound, KubeError } from './errors.ts'
import { lines } from './json-lines.ts'

export interface PodLogOptions {
  namespace: string
  pod: string
  container: string
  follow: boolean
  /** Last lines only. */
  tail?: number
  signal: AbortSignal
}

/** Pause before the log is asked for again, after a cut or while the container has not started. */
const AGAIN_MS = 300

/**
 * The log of one container, line by line with its ends. Followed, it waits for the container to start, survives
 * cut connections (it asks again from the last line's time and drops what it has had), and ends with the
 * container. Throws KubeError; `NotFound` when the pod is gone.
 */
export async function* podLog(kube: Kube, options: PodLogOptions): AsyncIterable<string> {
  const { namespace, pod, container, follow, tail, signal } = options
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`
  let last: { time: string; seen: number } | undefined
  for (;;) {
    const ended = !follow || (await hasEnded(kube, path, container))
    const query = {
      container,
      timestamps: 'true',
      follow: String(follow && !ended),
      ...(last ? { sinceTime: last.time } : tail === undefined ? {} : { tailLines: String(tail) }),
    }
    try {
      // Lines of one moment share a time: as many as were had of it are dropped after a reconnect.
      let toDrop = last?.seen ?? 0
      for await (const line of lines(await kube.stream(`${path}/log`, query, signal))) {
        const at = line.indexOf(' ')
        const time = line.slice(0, at)
        if (last && time === last.time && toDrop > 0) {
          toDrop -= 1
          continue
        }
        if (last && time < last.time) continue
        last = time === last?.time ? { time, seen: last.seen + 1 } : { time, seen: 1 }
        yield `${line.slice(at + 1)}\n`
      }
      if (ended) return
    } catch (error) {
      if (signal.aborted || isNotFound(error)) throw error
      if (!follow && !isWaiting(error)) throw error
      // Nothing was printed yet by a container that has not started.
      if (!follow) return
    }
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

/** `container "x" in pod "y" is waiting to start: …` */
const isWaiting = (error: unknown): boolean => error instanceof KubeError && error.status === 400

async function hasEnded(kube: Kube, path: string, container: string): Promise<boolean> {
  const { status } = (await kube.get(path)) as {
    status?: { phase?: string; containerStatuses?: Status[]; initContainerStatuses?: Status[] }
  }
  interface Status {
    name: string
    state?: { terminated?: object }
  }
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  return all.some(({ name, state }) => name === container && state?.terminated !== undefined)
}
